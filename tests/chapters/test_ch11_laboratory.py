"""The laboratory without its page: sessions, what changes on the way, the code they become, and the missions."""

from dataclasses import replace

import numpy as np
import pytest
from published import recorded_of

from rnnlib.chapters.ch11_laboratory import goals, laboratory
from rnnlib.chapters.ch11_laboratory.assignments import ASSIGNMENTS, held_out
from rnnlib.chapters.ch11_laboratory.export import as_code
from rnnlib.chapters.ch11_laboratory.missions import MISSIONS, REACHED
from rnnlib.chapters.ch11_laboratory.panels import PIN_LOOKS
from rnnlib.chapters.ch11_laboratory.recordings import RECORDED, recording
from rnnlib.chapters.ch11_laboratory.session import MOST_POINTS, Curve, Session, loss_and_gradients
from rnnlib.chapters.ch11_laboratory.settings import CELLS, OPTIMIZERS, STARTS, Settings, for_task, with_changes
from rnnlib.chapters.ch11_laboratory.stories import STORIES, story
from rnnlib.model import counted_steps

JUDGED_EVERY = 25


def drawn_settings(rng):
    """Settings drawn from all there is, small enough to run in an instant."""
    task = str(rng.choice(list(ASSIGNMENTS)))
    both_ways = bool(rng.integers(2))
    return Settings(
        task=task,
        length=int(rng.integers(max(ASSIGNMENTS[task].shortest, 4), 13)),
        mixed=bool(rng.integers(2)) and task != "temporal order",
        cell=str(rng.choice(CELLS)),
        units=int(rng.integers(1, 6)),
        layers=int(rng.integers(1, 3)),
        both_ways=both_ways,
        start=str(rng.choice(STARTS)),
        gain=float(rng.choice([0.5, 1.0, 1.1])),
        gate_bias=float(rng.choice([-1.0, 0.0, 3.0])),
        optimizer=str(rng.choice(list(OPTIMIZERS))),
        rate=float(rng.choice([0.001, 0.01])),
        clip=rng.choice([None, 0.1, 1.0]),
        window=None if both_ways or rng.integers(2) else int(rng.integers(1, 6)),
        batch=int(rng.integers(1, 8)),
        seed=int(rng.integers(100)),
    )


def changed_live(settings, rng):
    """The same training with other values of what may change between two steps."""
    other = drawn_settings(rng)
    length = max(other.length, ASSIGNMENTS[settings.task].shortest)
    window = settings.window if settings.both_ways else other.window
    return replace(settings, length=length, window=window, rate=other.rate, clip=other.clip, batch=other.batch)


@pytest.mark.parametrize("number", range(24))
def test_the_exported_code_gives_the_same_losses_to_the_last_digit(number):
    rng = np.random.default_rng(number)
    session = Session(drawn_settings(rng))
    for _ in range(3):
        session.change(changed_live(session.settings, rng))
        for _ in range(int(rng.integers(1, 6))):
            session.step()
        session.gradient_by_lag(), session.eigenvalues(), session.judge()  # what is looked at draws nothing
    names = {}
    exec(compile(as_code(session.changes, session.steps), "exported", "exec"), names)
    assert names["losses"] == session.loss.values
    assert len(names["losses"]) == session.steps > 0


def test_a_live_change_takes_effect_at_the_next_step_and_any_other_starts_afresh():
    session = Session(Settings(units=4))
    session.step()
    assert not session.change(replace(session.settings, rate=0.01, length=7))
    assert session.optimizer.rate == 0.01
    session.step()
    assert len(session.run) == 8
    assert session.changes[-1][0] == 1
    assert session.change(replace(session.settings, units=5))
    assert (session.steps, session.loss.values, len(session.changes)) == (0, [], 1)


@pytest.mark.parametrize(
    "changes", [{"rate": 0.01}, {"clip": None}, {"gain": 0.5}, {"optimizer": "Adam"}, {"window": 5}]
)
def test_runs_that_differ_in_this_see_the_same_batches(changes):
    plain, other = (Session(with_changes(Settings(length=9), **given)) for given in ({}, changes))
    for _ in range(3):
        plain.step()
        other.step()
    np.testing.assert_array_equal(plain.batch.x, other.batch.x)


def test_going_back_takes_the_same_steps_again():
    session = Session(Settings(units=4, optimizer="Adam", rate=0.01))
    for _ in range(27):
        session.step()
    before = list(session.loss.values)
    session.go_back()
    assert 0 < session.steps < 27
    while session.steps < 27:
        session.step()
    assert session.loss.values == before


def test_a_rate_that_explodes_is_told_and_one_can_go_back_before_it():
    start = Settings(task="adding", length=50, cell="ReLU", units=32, start="identity", rate=0.03)
    session = Session(start)
    for _ in range(30):
        session.step()
    session.change(replace(start, clip=None, rate=10.0))
    while session.step() is not None and session.steps < 400:
        pass
    assert "was not taken" in session.trouble
    assert session.step() is None
    steps = session.steps
    session.go_back()
    session.change(replace(session.settings, clip=1.0, rate=0.003))
    assert session.steps <= steps
    assert session.step() is not None


def test_a_curve_is_thinned_and_does_not_grow():
    curve = Curve()
    for step in range(1, 10_001):
        curve.add(step, float(step))
    assert len(curve.steps) <= MOST_POINTS
    assert curve.steps == [int(value) for value in curve.values]
    assert curve.steps[-1] > 9_900


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_baseline_is_the_best_answer_that_does_not_look(name):
    """The best constant answer, fitted to held-out data, costs what the baseline says, up to noise."""
    task = ASSIGNMENTS[name]
    batch = held_out(name, task.start)
    mask = counted_steps(batch)
    if task.loss == "squared_error":
        targets = batch.targets[mask]
        cost = 0.5 * ((targets - targets.mean(axis=0)) ** 2).sum(axis=-1).mean()
    else:
        shares = np.bincount(batch.targets[mask], minlength=task.outputs) / mask.sum()
        cost = -(shares[shares > 0] * np.log(shares[shares > 0])).sum()
    assert cost == pytest.approx(task.baseline(task.start), rel=0.15)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("both_ways", [False, True])
def test_every_network_can_be_looked_at(cell, both_ways):
    session = Session(Settings(units=3, length=5, cell=cell, both_ways=both_ways, layers=2))
    for _ in range(2):
        lags = session.gradient_by_lag()
        assert lags.shape == (7,)
        assert np.all(np.isfinite(lags))
        session.step()
    assert session.eigenvalues().shape[-1] in (0, 3)


def test_a_window_as_long_as_the_sequence_is_no_window():
    session = Session(Settings(units=3, length=5))
    batch = session.draw(session.settings)
    whole, cut = (loss_and_gradients(session.model, batch, window) for window in (None, 6))
    assert whole[0] == pytest.approx(cut[0])
    for name, gradient in whole[1].items():
        np.testing.assert_allclose(cut[1][name], gradient, atol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"task": "chess"}, "task: expected one of"),
        ({"cell": "perceptron"}, "cell: expected one of"),
        ({"length": 0}, "length: expected"),
        ({"rate": -1.0}, "rate: expected"),
        ({"rate": float("nan")}, "rate: expected"),
        ({"clip": 0.0}, "clip: expected"),
        ({"units": 2.5}, "units: expected"),
        ({"window": 5, "both_ways": True}, "window: expected None"),
    ],
)
def test_what_does_not_exist_or_fit_is_named(wrong, says):
    with pytest.raises((TypeError, ValueError), match=says):
        Settings(**wrong)


def test_a_task_begins_with_a_length_that_it_allows():
    for name, task in ASSIGNMENTS.items():
        assert for_task(name).length == task.start
        assert with_changes(Settings(length=1), task=name).length == (1 if name == "recall" else task.start)


def played(mission, seed, settings=None, plan=None):
    """The step at which a mission is won, or None."""
    session = Session(replace(settings or replace(mission.begin, **mission.wins), seed=seed))
    for steps, changes in plan or mission.plan or ((mission.steps, {}),):
        session.change(replace(session.settings, **changes))
        for _ in range(steps):
            session.step()
            at_goal = session.settings.length == mission.begin.length
            if session.steps % JUDGED_EVERY == 0 and at_goal and mission.reached(session.judge()):
                return session.steps
    return None


@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS.keys())
def test_a_mission_is_well_formed_and_what_wins_is_allowed(mission):
    changes = [mission.wins, *(change for _, change in mission.plan)]
    for change in changes:
        assert mission.broken(replace(mission.begin, **mission.wins | change)) == ""
    assert len(mission.hints) >= 2
    assert sum(steps for steps, _ in mission.plan) <= mission.steps


@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS.keys())
def test_a_mission_can_be_won(mission):
    assert played(mission, seed=0) is not None


@pytest.mark.slow
@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS.keys())
def test_a_mission_is_won_on_ten_of_ten_seeds_and_near_misses_fail(mission):
    assert all(played(mission, seed) is not None for seed in range(10))
    missed, whole = replace(mission.begin, **mission.fails), ((mission.steps, {}),)
    assert not mission.broken(missed) or mission.key == "largest-rate"
    assert sum(played(mission, seed, settings=missed, plan=whole) is not None for seed in range(10)) < 5


def test_the_panels_survive_an_explosion_and_keep_the_last_finite_picture():
    lab = laboratory("clipping-off")
    lab.set(clip=None, rate=10.0, step=40)
    assert "was not taken" in lab.sentence
    assert "Go back" in lab.sentence
    assert np.all(np.isfinite(lab._view.sight))
    lab.set(back=1, clip=1.0, rate=0.003)
    lab.set(step=41)
    assert lab.session.trouble == ""
    assert lab.sentence.startswith("Step ")
    lab.close()


def test_a_mission_gives_its_hints_in_steps():
    lab = laboratory("irnn")
    hints = MISSIONS["irnn"].hints
    told = [str(lab.hint()) for _ in range(len(hints) + 1)]
    for number, (said, hint) in enumerate(zip(told, hints, strict=False), start=1):
        assert f"{number} of {len(hints)}: {hint}" in said
    assert told[-1] == told[-2]
    assert "no mission" in str(laboratory().hint())


def test_a_pinned_curve_is_called_by_its_look_and_none_looks_like_what_guessing_costs():
    lab = laboratory("irnn")
    for pins in range(1, len(PIN_LOOKS) + 2):
        lab.set(step=pins)
        lab.set(pin=pins)
        said = lab.sentence.partition("Pinned: ")[2].rstrip(".").split("; ")
        shown = [line for line in lab.artists["pins"] if len(line.get_xdata())]
        assert [words.partition(":")[0] for words in said] == list(PIN_LOOKS)[: len(shown)]
        assert len(shown) == min(pins, len(PIN_LOOKS))
    patterns = {str(line._dash_pattern) for line in [*shown, lab.artists["guessing"], lab.artists["loss"]]}
    assert len(patterns) == len(PIN_LOOKS) + 2


def test_a_goal_that_a_laboratory_reaches_is_remembered_in_a_file(tmp_path):
    file = tmp_path / "progress.json"
    assert goals(file).heading == "0 of 11 missions solved in this kernel or before."
    lab = laboratory("largest-rate", rate=1.0)
    assert lab.sentence.endswith("The goal: accuracy 0.95 within 300 steps.")
    lab.set(step=20)
    assert not REACHED
    lab.set(clip=1.0, afresh=1)
    lab.set(step=75)
    assert "The goal is reached: " in lab.sentence
    assert {"largest-rate"} == REACHED
    assert goals(file).heading == "1 of 11 missions solved in this kernel or before."
    REACHED.clear()
    assert "solved         chapter 3  As fast as it goes" in goals(file).lines
    lab.close()


def test_back_to_the_start_says_so_at_once():
    lab = laboratory(units=4)
    lab.set(step=5)
    assert lab.sentence.startswith("Step 5")
    lab.set(afresh=1)
    assert lab.sentence.startswith("Nothing is trained yet.")
    lab.close()


@pytest.mark.parametrize("key", RECORDED)
def test_a_recording_is_the_training_that_its_story_tells(key):
    """The losses of a session that follows the plan, up to the last digits of another machine at the beginning."""
    told, session = story(key), Session(story(key).begin)
    for step in range(20):
        session.change(told.settings_at(step))
        session.step()
    last = recording(key)[-1]
    np.testing.assert_allclose(last.loss[1][:20], session.loss.values, rtol=1e-6)
    assert told.settings_at(told.steps) == last.settings


def test_what_is_moved_in_a_story_is_one_of_its_controls_and_takes_effect_at_its_step():
    for told in STORIES.values():
        assert set(told.moved) <= set(told.shown)
    told = STORIES["clipping-off"]
    assert [told.settings_at(step).clip for step in (0, 29, 30, 60)] == [1.0, 1.0, None, None]


@pytest.mark.parametrize("source", ['laboratory("lag-60")', 'lab = laboratory("lag-60")\nlab', "laboratory()"])
def test_a_cell_with_a_laboratory_has_a_recording_where_there_is_no_kernel(source):
    assert recorded_of(source) == ("lag-60" if "lag" in source else None)
