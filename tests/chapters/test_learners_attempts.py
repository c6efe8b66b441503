"""What comes back for attempts that no list of mistakes foresees: each gets words that help, and the learner's line."""

import signal

import numpy as np
import pytest

from rnnlib.chapters.ch1_forward_pass import exercises as forward_pass
from rnnlib.chapters.ch2_bptt import exercises as bptt
from rnnlib.chapters.ch3_vanishing import exercises as vanishing
from rnnlib.chapters.ch4_lstm import exercises as lstm
from rnnlib.chapters.ch5_gru import exercises as gru
from rnnlib.judging.learner import learner_line

outside = np.ones((5, 5))


def fresh(exercise):
    return type(exercise)()


def told(exercise, answer):
    verdict = fresh(exercise).check(answer)
    assert verdict.word == "Not yet", verdict
    return f"{verdict.text}\n{verdict.code}"


def typo(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(x_t @ W_x.T + S_prev @ W_s.T + b_s)  # noqa: F821


def matrix_first(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(W_x @ x_t + W_s @ S_previous + b_s)


def entry_by_entry(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(x_t * W_x + b_s)


def endless(x_t, S_previous, W_x, W_s, b_s):
    return endless(x_t, S_previous, W_x, W_s, b_s)


def misspelled_function(x_t, S_previous, W_x, W_s, b_s):
    return np.tahn(x_t @ W_x.T)


def called_an_array(x_t, S_previous, W_x, W_s, b_s):
    return W_x(x_t)


def dots_left(x_t, S_previous, W_x, W_s, b_s):
    return x_t @ W_x.T + ...


def if_an_array(x_t, S_previous, W_x, W_s, b_s):
    return x_t if x_t > 0 else S_previous


def appended(x_t, S_previous, W_x, W_s, b_s):
    states = [].append(x_t)
    return states[0]


def used_too_early(x_t, S_previous, W_x, W_s, b_s):
    total = total + x_t  # noqa: F821
    return total


def helper(x_t):
    return x_t[:, 99]


def fails_in_a_helper(x_t, S_previous, W_x, W_s, b_s):
    return helper(x_t)


def into_whole_numbers(x_t, S_previous, W_x, W_s, b_s):
    total = np.zeros((3, 5), dtype=int)
    total += x_t @ W_x.T
    return total


@pytest.mark.parametrize(
    ("attempt", "words", "line"),
    [
        (typo, "name 'S_prev' is not defined. Is it misspelled", "S_prev @ W_s.T"),
        (matrix_first, "a matrix product where 5 and 2 meet", "W_x @ x_t"),
        (entry_by_entry, "entry by entry need the same shape", "x_t * W_x"),
        (endless, "calls itself and nothing stops it", "return endless("),
        (misspelled_function, "'tahn'. Is the name misspelled?", "np.tahn"),
        (called_an_array, "An array is indexed with square ones", "W_x(x_t)"),
        (dots_left, "Three dots are still left", "+ ..."),
        (if_an_array, "An if wants one yes or no", "if x_t > 0"),
        (appended, "so does list.append", "states[0]"),
        (used_too_early, "before it gets a value", "total + x_t"),
        (fails_in_a_helper, "Indices count from 0", "x_t[:, 99]"),
        (into_whole_numbers, "make that array of floats", "total += "),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_exception_comes_with_advice_and_the_line(attempt, words, line):
    said = told(forward_pass.rnn_step, attempt)
    assert words in said
    assert line in said.split("\n")[-1]
    assert "rnnlib" not in said
    assert "Traceback" not in said


def test_the_shapes_are_told_where_they_may_be_the_reason():
    assert "The shapes were x_t (2, 5), S_previous (2, 3)" in told(forward_pass.rnn_step, matrix_first)
    assert "The shapes" not in told(forward_pass.rnn_step, typo)


def test_without_a_line_of_the_learner_none_is_shown():
    assert learner_line(ValueError("never raised")) == ""
    assert told(forward_pass.rnn_step, np.tanh).endswith("\n")


def solved_step(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(x_t @ W_x.T + S_previous @ W_s.T + b_s)


def nothing_returned(**a):
    solved_step(**a)


def from_outside(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(x_t @ W_x.T + S_previous @ outside.T + b_s)


half = 0.5


def half_from_outside(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(x_t @ W_x.T + S_previous @ W_s.T + half)


memory = []


def grows(**a):
    memory.append(1)
    return len(memory) * solved_step(**a)


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (nothing_returned, "returns nothing. Is a return missing?"),
        (from_outside, "It reads outside from outside the function"),
        (half_from_outside, "It reads half from outside the function"),
        (half_from_outside, "Your answer stays the same whatever b_s is"),
        (from_outside, "a matrix product where"),
        (grows, "add to something that lives outside of it"),
        (lambda **a: solved_step(**a).copy, "a function that was not called"),
        (lambda **a: (part for part in solved_step(**a)), "a generator, made by yield"),
        (lambda **a: (solved_step(**a), 1), "Expected S_t alone, got 2 things"),
        (lambda **a: solved_step(**a)[0], "It is the first along axis 0 alone"),
        (lambda **a: solved_step(**a)[None], "only the shape is not"),
        (lambda **a: solved_step(**a)[None] + [[[0.0]], [[0.0]]], "an axis too many, of length 2"),
        (lambda **a: solved_step(**a)[:, 1:], "The first along axis 1 is missing; the rest is right"),
        (lambda **a: solved_step(**a).T, "The numbers are right, and the axes are there in another order"),
        (lambda **a: solved_step(**a).ravel(), "only the shape is not"),
        (lambda **a: solved_step(**a)[:, ::-1], "in the reverse order along axis 1"),
        (lambda **a: np.roll(solved_step(**a), 1, axis=1), "are one place late along axis 1"),
        (lambda **a: np.roll(solved_step(**a), -1, axis=1), "are one place early along axis 1"),
        (lambda **a: np.round(3 * solved_step(**a)).astype(int), "Your array holds whole numbers"),
        (lambda **a: np.ones((3, 5)), "The answer is the same whatever your function is given"),
        (lambda x_t, S_previous, W_x, W_s, b: 0, "Yours takes x_t, S_previous, W_x, W_s, b."),
        ("text", "it got the text 'text'"),
    ],
)
def test_what_is_odd_about_an_answer_is_said(attempt, words):
    assert words in told(forward_pass.rnn_step, attempt)


def lstm_backward_with_a_wrong_slope(d_h, d_c, c_previous, i, f, g, o):
    tanh_c = np.tanh(f * c_previous + i * g)
    total = d_c + d_h * o * (1 - tanh_c**2)
    deltas = (
        total * g * i * (1 - i),
        total * c_previous * f * (1 + f),
        total * i * (1 - g**2),
        d_h * tanh_c * o * (1 - o),
    )
    return np.concatenate(deltas, axis=-1), total * f


def test_where_an_answer_would_be_right_is_said():
    def taken_away(x_t, S_previous, W_x, W_s, b_s):
        return np.tanh(x_t @ W_x.T - S_previous @ W_s.T + b_s)

    said = told(forward_pass.rnn_step, taken_away)
    assert "With S_previous or W_s set to 0 it would be right: look at what you do with them." in said
    said = told(lstm.lstm_backward_step, lstm_backward_with_a_wrong_slope)
    assert "d_c_previous: right." in said
    assert "exactly your numbers: the sign of f is flipped" in said
    assert "With c_previous set to 0 it would be right: look at what you do with it." in said


def test_what_else_is_wrong_is_said():
    said = told(lstm.lstm_step, lambda **a: tuple(part**3 for part in type(lstm.lstm_step).answer(**a)))
    assert "h_t: the shape is right, the numbers are not." in said
    assert "c_t: not right either." in said


def test_single_precision_and_lists_are_right_answers():
    assert fresh(forward_pass.rnn_step).check(lambda **a: solved_step(**a).astype(np.float32)).solved
    assert fresh(forward_pass.rnn_step).check(lambda **a: solved_step(**a).tolist()).solved


@pytest.fixture
def interruptible():
    """Ctrl-C works, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_loop_without_end_is_interrupted_once_and_told_in_a_sentence():
    calls = []

    def forever(x_t, S_previous, W_x, W_s, b_s):
        calls.append(1)
        signal.raise_signal(signal.SIGINT)  # as “Interrupt the kernel” does
        while True:
            x_t = x_t + 0

    verdict = fresh(forward_pass.rnn_step).check(forever)
    assert verdict.word == "Not yet"
    assert "You stopped the check while your function was running" in verdict.text
    assert verdict.code.startswith("line ")
    assert len(calls) == 1


def test_an_interruption_of_the_check_itself_is_a_sentence_too():
    exercise = fresh(vanishing.keep_gradient)
    exercise.judge = lambda answer, seed: (_ for _ in ()).throw(KeyboardInterrupt)
    assert "You stopped the check" in exercise.check(np.eye(8)).text
    assert exercise.state == "tried"


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        (forward_pass.all_ones, (6, ..., ...), "S_2: right. S_3 is still three dots."),
        (forward_pass.all_ones, (4, ..., ...), "The memory went in only once"),
        (forward_pass.all_ones, (-6, -15, -30), "all signs are flipped"),
        (forward_pass.all_ones, (6, -15, 30), "S_3 has the right size and the wrong sign"),
        (forward_pass.all_ones, (30, 15, 6), "in another order. Give them as S_2, S_3, O_3"),
        (forward_pass.all_ones, (6.02, 15, 30), "S_2 is off by 0.02, and may be off by 0.01"),
        (forward_pass.all_ones, (6, 16, 32), "S_2: right. S_3 and O_3 are not right yet (each may be off by 0.01)"),
        (forward_pass.all_ones, ("6", 15, 30), "S_2 is the text '6'. Write numbers without quotes"),
        (forward_pass.all_ones, ([6], 15, 30), "S_2 should be a single number"),
        (forward_pass.all_ones, (None, 15, 30), "S_2 is None"),
        (forward_pass.all_ones, (6, 15), "Expected 3 numbers (S_2, S_3, O_3), got 2"),
        (gru.step_by_hand, (0, 3, 0, 32), "Decimals are written with a point"),
        (bptt.three_terms, (-6, ..., ..., ...), "step 3: right. step 2 is still three dots."),
        (lstm.latch, {"z": ..., "i": (1, 2, 3), "f": (1, 2, 3), "o": (1, 2, 3)}, "z is still three dots"),
        (lstm.latch, {"z": (1, 2), "i": (1, 2, 3), "f": (1, 2, 3), "o": (1, 2, 3)}, "z: expected three numbers"),
        (gru.half_life, "4.3", "The bias is the text '4.3'"),
        (vanishing.keep_gradient, lambda: np.eye(8), "a function that was not called"),
    ],
)
def test_numbers_and_objects_that_are_off_are_told_how(exercise, answer, words):
    assert words in told(exercise, answer)


class Hostile:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    __hash__ = None


@pytest.mark.parametrize(
    "exercise",
    [forward_pass.rnn_step, forward_pass.jordan_step, forward_pass.all_ones, lstm.latch, gru.half_life, vanishing.hump],
    ids=lambda exercise: exercise.title,
)
def test_objects_that_resist_are_told_in_words(exercise):
    for hostile in (
        Hostile(),
        [Hostile()],
        {"z": Hostile()},
        (Hostile(), Hostile(), Hostile()),
        range(3),
        b"6",
        {1, 2},
    ):
        assert told(exercise, hostile)
        assert told(exercise, lambda hostile=hostile, **a: hostile)
        assert told(exercise, lambda hostile=hostile, **a: (hostile, hostile))
