"""What is kept for others: the same as computed, and never what is stale, broken, half, or anybody's to change."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import types

import numpy as np
import pytest

from rnnlib import shared as module
from rnnlib.chapters.ch3_vanishing import experiments
from rnnlib.chapters.ch8_language_models import experiments as words
from rnnlib.shared import VARIABLE, shared

told = types.ModuleType("told")  # how often a function ran
FACTOR, SHAPE = 3.0, np.zeros(2)


def helper(seed):
    return seed


@shared
def draw(seed, size=2):
    told.runs += 1
    return FACTOR * np.random.default_rng(seed).normal(size=size)


@shared
def with_a_helper(seed):
    told.runs += 1
    return helper(seed)


@shared
def with_an_array(seed):
    told.runs += 1
    return seed + SHAPE


@shared
def interrupted(seed):
    told.runs += 1

    def draw_batch(rng):
        signal.raise_signal(signal.SIGINT)

    model = words.new_model("GRU", np.random.default_rng(seed), 4)
    words.train(model, draw_batch, 1, words.Adam(0.1), rng=np.random.default_rng(seed), progress=False)
    return seed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "shared"))
    told.runs = 0
    return tmp_path / "shared"


def test_the_second_time_it_is_read_and_every_digit_is_the_same(folder, monkeypatch):
    first, second = draw(5), draw(5)
    assert told.runs == 1
    assert np.array_equal(first, second)
    monkeypatch.delenv(VARIABLE)
    assert np.array_equal(draw(5), first)
    assert told.runs == 2
    assert len(list(folder.iterdir())) == 1


def test_without_the_variable_nothing_is_written(folder, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    draw(5)
    draw(5)
    assert told.runs == 2
    assert not folder.exists()


def test_what_is_read_belongs_to_the_reader(folder):
    draw(5)
    draw(5)[:] = 0
    assert draw(5).all()


def test_one_call_however_it_is_written_is_one_and_another_is_another(folder):
    draw(5)
    draw(seed=5, size=2)
    draw(5, 2)
    assert told.runs == 1
    draw(5, 3)
    draw(6)
    draw(True)
    draw(1)
    assert told.runs == 5


@pytest.mark.parametrize("arguments", [(np.random.default_rng(0),), (np.arange(2),), (0, lambda: 0)])
def test_arguments_that_cannot_be_told_apart_are_not_kept(folder, arguments):
    function = shared(lambda a, b=0: told)
    function(*arguments)
    assert not folder.exists()


def test_a_function_that_was_edited_makes_a_new_result(folder, tmp_path):
    def run(line):
        path = tmp_path / f"cell_{len(line)}.py"
        path.write_text(f"from rnnlib.shared import shared\n\n\n@shared\ndef answer(seed):\n    return {line}\n")
        names = {"__name__": "__main__"}
        exec(compile(path.read_text(), path, "exec"), names)
        return names["answer"](5)

    assert (run("seed + 1"), run("seed + 100"), run("seed + 1")) == (6, 105, 6)
    assert len(list(folder.iterdir())) == 2


def test_a_changed_constant_makes_a_new_result(folder, monkeypatch):
    before = draw(5)
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 6.0)
    assert np.array_equal(draw(5), 2 * before)


@pytest.mark.parametrize("function", [with_a_helper, with_an_array])
def test_what_rests_on_functions_and_arrays_of_the_reader_is_not_kept(folder, function):
    function(5)
    function(5)
    assert told.runs == 2


def test_what_a_function_finds_around_itself_is_not_kept(folder):
    def made(n):
        @shared
        def inner():
            return n

        return inner

    assert (made(1)(), made(2)()) == (1, 2)


def test_a_function_of_the_course_whose_helper_was_exchanged_is_not_kept(folder, monkeypatch):
    monkeypatch.setattr(experiments, "train", lambda *args, **options: None)
    untrained = experiments.recall_accuracy(5, 0, gain=0.5)
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, str(folder))
    assert experiments.recall_accuracy(5, 0, gain=0.5) > untrained


SPOILT = {
    "cut off": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "another end": lambda content: content[:-1] + b"\0",
    "another result": lambda content: content[: module.DIGEST] + pickle.dumps(0),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_broken_file_is_made_again(folder, spoil):
    right = draw(5)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert np.array_equal(draw(5), right)
    assert told.runs == 2
    assert file.read_bytes() == whole
    assert len(list(folder.iterdir())) == 1


def test_what_was_made_by_other_code_or_versions_is_not_read(folder, monkeypatch):
    draw(5)
    monkeypatch.setattr(module, "_versions", lambda: ("another digest",))
    draw(5)
    assert told.runs == 2
    assert len(list(folder.iterdir())) == 2


def test_the_digest_changes_with_any_file_of_the_package(tmp_path, monkeypatch):
    package = tmp_path / "rnnlib"
    (package / "inner" / "__pycache__").mkdir(parents=True)
    (package / "shared.py").write_text("1")
    (package / "inner" / "data.npz").write_text("1")
    monkeypatch.setattr(module, "__file__", str(package / "shared.py"))
    fresh = module._versions.__wrapped__
    seen = {fresh()}
    (package / "inner" / "data.npz").write_text("2")
    seen.add(fresh())
    (package / "inner" / "data.npz").rename(package / "inner" / "other.npz")
    seen.add(fresh())
    assert len(seen) == 3
    (package / "inner" / "__pycache__" / "shared.pyc").write_text("3")
    assert fresh() in seen
    monkeypatch.setattr(np, "__version__", "1.0")
    assert fresh() not in seen


def test_a_folder_that_can_only_be_read_is_enough_and_another_does_no_harm(folder, monkeypatch):
    draw(5)
    # a file in the place of the folder: nothing can be written there, whoever tries
    monkeypatch.setattr(type(folder), "write_bytes", lambda self, content: (_ for _ in ()).throw(PermissionError()))
    draw(5)
    assert told.runs == 1
    draw(6)
    draw(6)
    assert told.runs == 3
    assert len(list(folder.iterdir())) == 1


def test_nothing_half_is_left_where_a_file_cannot_be_put_in_place(folder, monkeypatch):
    def refused(self, target):
        raise PermissionError

    monkeypatch.setattr(type(folder), "replace", refused)
    draw(5)
    assert list(folder.iterdir()) == []


def test_a_training_that_was_interrupted_is_not_kept(folder):
    interrupted(0)
    interrupted(0)
    assert told.runs == 2


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_everybody_may_write_into_is_not_used(folder):
    draw(5)
    folder.chmod(0o777)
    with pytest.warns(UserWarning, match="everybody may write"):
        draw(5)
    assert told.runs == 2


def test_a_result_that_cannot_be_pickled_is_returned(folder):
    function = shared(returns_a_function)
    assert function(5)() == 5
    assert list(folder.iterdir()) == [] if folder.exists() else True


def returns_a_function(seed):
    return lambda: seed


def test_several_processes_that_ask_at_once_agree(folder):
    code = textwrap.dedent("""
        import sys
        from rnnlib.chapters.ch3_vanishing.experiments import recall_accuracy
        print(repr(recall_accuracy(2, 0, gain=0.5)))
    """)
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in started}
    assert len(said) == 1
    (file,) = folder.iterdir()
    assert repr(pickle.loads(file.read_bytes()[module.DIGEST :])) == said.pop().strip()


def test_only_a_function_can_be_kept():
    with pytest.raises(TypeError, match="function"):
        shared(3)
