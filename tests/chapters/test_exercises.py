"""Every exercise: the solution passes, each known mistake gets its own message, rubbish a helpful sentence."""

from types import SimpleNamespace

import numpy as np
import pytest
from chapters import chapters
from half_lives_exercise import half_lives
from other_answers import OTHER_ANSWERS

from rnnlib.judging import DesignExercise, FunctionExercise, PencilExercise, Slip, exercises_of, progress

EXERCISES = {
    f"{chapter.package}.{name}": exercise
    for chapter in chapters()
    for name, exercise in exercises_of(chapter.exercises).items()
} | {"adapt.half_lives": half_lives}  # the template of docs/ADAPT.md
FUNCTIONS = {name: value for name, value in EXERCISES.items() if isinstance(value, FunctionExercise)}


def fresh(exercise):
    return type(exercise)()


def right_answer(exercise):
    takes_a_function = isinstance(exercise, FunctionExercise | DesignExercise)
    return type(exercise).answer if takes_a_function else type(exercise).answer()


def wrong_answers(exercise):
    """The known wrong answers with the message of each."""
    for wrong, message in exercise.known_mistakes():
        yield wrong if isinstance(exercise, FunctionExercise) else wrong(), message


@pytest.fixture(params=EXERCISES.values(), ids=EXERCISES.keys())
def exercise(request):
    return fresh(request.param)


@pytest.fixture(params=OTHER_ANSWERS)
def exercise_name(request):
    return request.param


@pytest.fixture(params=FUNCTIONS.values(), ids=FUNCTIONS.keys())
def function_exercise(request):
    return fresh(request.param)


def test_the_solution_passes(exercise):
    verdict = exercise.check(right_answer(exercise))
    assert verdict.solved, verdict
    assert verdict.text.strip()
    assert exercise.state == "solved"


def test_each_known_mistake_gets_its_own_message_and_no_other(exercise):
    messages = [message for _, message in exercise.known_mistakes()]
    for number, (wrong, message) in enumerate(wrong_answers(exercise)):
        again = fresh(exercise)
        verdict = again.check(wrong)
        said = [other for other in messages if other in verdict.text]
        assert (verdict.word, said) == ("Not yet", [message]), f"mistake {number}, {message!r}, is told {verdict}"
        assert again.state == "tried"


def test_a_right_answer_written_another_way_passes(exercise_name):
    for number, other in enumerate(OTHER_ANSWERS.get(exercise_name, ())):
        verdict = fresh(EXERCISES[exercise_name]).check(other)
        assert verdict.solved, f"other answer {number}: {verdict}"


def test_an_answer_written_another_way_belongs_to_an_exercise():
    assert not set(OTHER_ANSWERS) - set(EXERCISES)


def test_the_messages_differ_and_say_something(exercise):
    messages = [mistake.message for mistake in exercise.mistakes]
    assert len(set(messages)) == len(messages)
    assert all(len(message) > 40 for message in messages)


def test_an_untouched_stub_is_not_tried_yet(exercise):
    stub = (lambda **arguments: ...) if isinstance(exercise, FunctionExercise) else ...
    assert exercise.check(stub).word == "Not tried yet"
    for untouched in (..., [..., ...], (...,), {"a": ..., "b": ...}):
        assert exercise.check(untouched).word == "Not tried yet"
    assert exercise.state == "not tried yet"


def test_there_is_a_title_a_task_and_help(exercise):
    assert exercise.title
    assert type(exercise).__doc__
    assert exercise.difficulty in (1, 2, 3)
    assert len(exercise.hints) >= 2
    first, last = exercise.hint(), [exercise.hint() for _ in range(len(exercise.hints) + 1)][-1]
    assert exercise.hints[0] in first.text
    assert exercise.hints[-1] in last.text
    assert "def answer" in exercise.solution().code


def test_rubbish_gets_a_sentence(exercise):
    for rubbish in (None, "seven", 3j, [[1], [1, 2]], {}, object(), np.array(["a"]), np.nan, np.zeros((2, 0, 3))):
        verdict = exercise.check(rubbish)
        assert verdict.word == "Not yet"
        assert len(verdict.text) > 20
        assert "Traceback" not in str(verdict)


def broken_functions(exercise):
    case = exercise.cases()[0]
    results = exercise.parts(exercise.reference(**case))
    array_name = next((name for name, value in case.items() if isinstance(value, np.ndarray)), None)

    def shaped(make):
        made = tuple(make(part) for part in results)
        return lambda **arguments: made if len(made) > 1 else made[0]

    def changes_its_input(**arguments):
        arguments[array_name][...] += 1
        return exercise.reference(**arguments)

    generator = np.random.default_rng(0)

    def random(**arguments):
        made = tuple(generator.normal(size=part.shape) for part in results)
        return made if len(made) > 1 else made[0]

    broken = {"changes its input": changes_its_input} if array_name else {}
    return broken | {
        "returns None": lambda **arguments: None,
        "returns a string": lambda **arguments: "done",
        "wrong shape": shaped(lambda part: np.zeros((*part.shape, 2))),
        "wrong dtype": shaped(lambda part: part.astype(complex)),
        "objects": shaped(lambda part: np.full(part.shape, None, dtype=object)),
        "NaN": shaped(lambda part: np.full(part.shape, np.nan)),
        "zeros": shaped(np.zeros_like),
        "raises": lambda **arguments: 1 / 0,
        "exits": lambda **arguments: exit(),
        "too few arguments": lambda: 0,
        "random": random,
    }


@pytest.mark.sample(12)
def test_broken_functions_get_a_sentence_each(function_exercise):
    seen = set()
    for kind, function in broken_functions(function_exercise).items():
        verdict = function_exercise.check(function)
        assert verdict.word == "Not yet", kind
        assert len(verdict.text) > 20, kind
        assert "Traceback" not in str(verdict), kind
        seen.add(verdict.text)
    assert len(seen) >= 8


def test_an_error_is_shown_with_the_line_of_the_learner(function_exercise):
    def mine(**arguments):
        return np.zeros((2, 3)) @ np.zeros((2, 3))

    verdict = function_exercise.check(mine)
    assert "ValueError" in verdict.text
    assert "np.zeros((2, 3)) @ np.zeros((2, 3))" in verdict.code


def test_a_function_that_changes_its_input_is_told_so(function_exercise):
    broken = broken_functions(function_exercise)
    if "changes its input" in broken:
        assert "changes its input" in function_exercise.check(broken["changes its input"]).text


def test_the_reference_depends_on_every_argument(function_exercise):
    case = function_exercise.cases()[0]
    before = function_exercise.parts(function_exercise.reference(**case))
    for name, value in case.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            after = function_exercise.parts(function_exercise.reference(**(case | {name: value * 0.9 + 0.05})))
            changed = any(a.shape != b.shape or not np.allclose(a, b) for a, b in zip(after, before, strict=True))
            assert changed, f"{name} has no part in the result: inputs are too special"


def shifted(exercise, change):
    """The right answer, changed afterwards, as a function."""
    one = len(exercise.returns) == 1

    def function(**arguments):
        changed = tuple(map(change, exercise.parts(exercise.reference(**arguments))))
        return changed[0] if one else changed

    return function


def test_what_wrong_numbers_have_in_common_is_said(function_exercise):
    assert "the sign, which is flipped" in function_exercise.check(shifted(function_exercise, lambda part: -part)).text
    assert (
        "3 times what it should be" in function_exercise.check(shifted(function_exercise, lambda part: 3 * part)).text
    )
    longer = function_exercise.check(shifted(function_exercise, lambda part: np.stack([part, part]))).text
    assert "should have the shape" in longer or "should be a single number" in longer


def test_right_parts_are_praised_and_their_order_is_noticed(function_exercise):
    if len(function_exercise.returns) == 1:
        return
    *first, last = function_exercise.returns

    def last_wrong(**arguments):
        parts = function_exercise.parts(function_exercise.reference(**arguments))
        return *parts[:-1], parts[-1] + 0.1 * (1 + np.arange(parts[-1].size).reshape(parts[-1].shape))

    text = function_exercise.check(last_wrong).text
    assert all(name in text.split(": right.")[0] for name in first)
    assert f"{last}: the shape is right" in text or f"{last} is not right yet" in text
    turned = function_exercise.check(lambda **a: function_exercise.parts(function_exercise.reference(**a))[::-1]).text
    assert "in another order" in turned


def test_what_a_function_prints_is_seen_once(function_exercise, capsys):
    def prints_and_works(**arguments):
        print("look")
        return function_exercise.reference(**arguments)

    assert function_exercise.check(prints_and_works).solved
    assert capsys.readouterr().out == "look\n"


def test_rounding_passes_and_nearly_right_does_not(function_exercise):
    def uneven(size):
        def change(part):
            return part * (1 + size * np.linspace(0.5, 1, part.size).reshape(part.shape))

        return shifted(function_exercise, change)

    assert function_exercise.check(uneven(1e-6)).solved
    assert not fresh(function_exercise).check(uneven(1e-3)).solved


def test_a_slip_makes_its_changes_at_once_and_refuses_what_is_not_in_the_solution():
    solution = "def answer(a, ab):\n    return ab - a"
    assert Slip({"return ab - a": "return a - ab"}, "").wrong(solution, {})(1, 5) == -4
    assert Slip({"ab -": "a -", "- a": "- ab"}, "").wrong(solution, {})(1, 5) == 0
    assert Slip({"return a": "return 10 + a", "return ab": "return 20 + ab"}, "").wrong(solution, {})(1, 5) == 24
    assert Slip({"- a": "- offset"}, "").wrong(solution, {"offset": 2})(1, 5) == 3
    with pytest.raises(ValueError, match=r"changes: expected pieces of the solution, got 'b \+'"):
        Slip({"b +": ""}, "").wrong(solution, {})


def test_pencil_numbers_are_judged_within_the_tolerance():
    for exercise in map(fresh, EXERCISES.values()):
        if isinstance(exercise, PencilExercise):
            right = np.atleast_1d(np.asarray(type(exercise).answer(), dtype=float))
            assert exercise.check((right + 0.9 * exercise.tolerance).tolist()).solved
            off = right.copy()
            off[-1] += 3 * exercise.tolerance
            assert not exercise.check(off.tolist()).solved


def test_progress_counts_what_was_solved_in_the_order_of_the_chapter():
    jordan, by_hand = (fresh(EXERCISES[f"ch1_forward_pass.{name}"]) for name in ("jordan_step", "all_ones"))
    module = SimpleNamespace(
        __name__="two", jordan=jordan, by_hand=by_hand, other=3, __all__=["jordan", "by_hand", "other"]
    )
    module.jordan.check(None)
    summary = progress(module)
    assert summary.heading == "0 of 2 exercises solved in this kernel."
    assert [line.split("  ")[0] for line in summary.lines] == ["not tried yet", "tried"]
    module.by_hand.check((6, 15, 30))
    module.by_hand.check((1, 1, 1))
    assert repr(progress(module)).startswith("1 of 2 exercises solved in this kernel.\nsolved ")


def one_exercise(name):
    return SimpleNamespace(__name__=name, __all__=["sums"], sums=fresh(EXERCISES["ch1_forward_pass.all_ones"]))


def test_a_file_remembers_what_was_solved_in_another_kernel_and_forgets_nothing_of_other_chapters(tmp_path):
    file = tmp_path / "my progress.json"
    first, again, other = one_exercise("first"), one_exercise("first"), one_exercise("other")
    assert progress(first, file).heading == "0 of 1 exercises solved in this kernel or before."
    assert not file.exists()
    for module in (first, other):
        module.sums.check((6, 15, 30))
        assert progress(module, file).heading == "1 of 1 exercises solved in this kernel or before."
    assert progress(again, file).lines[0].startswith("solved ")
    assert progress(again).heading == "0 of 1 exercises solved in this kernel."
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("held", ["", "a diary", "[1, 2]", '{"first": 3}', '{"first": [4]}', "\xff\xfe"])
def test_a_file_that_holds_something_else_is_left_as_it_is(tmp_path, held):
    file = tmp_path / "diary.txt"
    file.write_bytes(held.encode("latin-1"))
    module = one_exercise("first")
    module.sums.check((6, 15, 30))
    said = progress(module, file).heading
    assert said.startswith("1 of 1 exercises solved in this kernel. It is kept in no file: ")
    assert said.endswith("Choose another name.")
    assert file.read_bytes() == held.encode("latin-1")
    assert "kept in no file" in progress(module, tmp_path / "nowhere" / "x.json").heading


@pytest.mark.parametrize("file", [3, 0.5, ["a"], "", b"\0", object()])
def test_progress_that_is_called_in_another_way_says_how_to_call_it(file):
    assert "kept in no file: " in progress(one_exercise("first"), file).heading
    assert progress(file).heading.startswith("Write progress(exercises)")
