"""The sample of the day: some parameters of a heavy test run every day, others tomorrow, all of them every week."""

import importlib.util

import pytest
from run_notebooks import ROOT


class Item:
    """A test as pytest collects it."""

    def __init__(self, nodeid, **marks):
        self.nodeid, self.marks = nodeid, {name: getattr(pytest.mark, name)(*args) for name, args in marks.items()}

    def get_closest_marker(self, name):
        return getattr(self.marks.get(name), "mark", None)

    def add_marker(self, name):
        self.marks[name] = getattr(pytest.mark, name)


@pytest.fixture
def drawn(monkeypatch):
    """A function that gives what is left of the parameters of a test on a day."""
    spec = importlib.util.spec_from_file_location("of_the_root", ROOT / "conftest.py")
    root = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(root)

    def on(day, items):
        monkeypatch.setenv("RNN_SAMPLE", day)
        root.leave_to_the_week(items)
        return [item.nodeid for item in items if "slow" not in item.marks]

    return on


def parameters(test="tests/a.py::test", count=20, **marks):
    return [Item(f"{test}[{k}]", **({"sample": (5,)} | marks)) for k in range(count)]


def test_every_process_draws_the_same_and_another_day_others(drawn):
    today = drawn("20260401", parameters())
    assert len(today) == 5
    assert drawn("20260401", parameters()) == today
    assert drawn("20260402", parameters()) != today
    assert len({name for day in range(60) for name in drawn(str(day), parameters())}) == 20


def test_each_test_has_a_sample_of_its_own(drawn):
    both = drawn("20260401", parameters() + parameters("tests/a.py::other"))
    assert len(both) == 10
    assert [name.partition("[")[2] for name in both[:5]] != [name.partition("[")[2] for name in both[5:]]


def test_what_is_slow_anyway_takes_no_place_and_what_has_no_mark_stays(drawn):
    slow = parameters("tests/a.py::test", 3, slow=())
    assert len(drawn("20260401", slow + parameters())) == 5
    unmarked = [Item(f"tests/b.py::test[{k}]") for k in range(20)]
    assert len(drawn("20260401", unmarked)) == 20
    assert len(drawn("20260401", parameters(count=4))) == 4
