"""Predictions: a guess is committed, the truth stands beside it, and the kernel remembers."""

import itertools

import numpy as np
import pytest

import rnnlib
from rnnlib.exercises import bidirectional, predict_choice, predict_number, prediction, vanishing
from rnnlib.explorers.bidirectional.distance import input_gradients


@pytest.fixture(autouse=True)
def forget():
    prediction._committed.clear()


def choice():
    return predict_choice("q1", "Does it grow & shrink?", ["it grows", "it shrinks"], "it grows", "Since 1.01 > 1.")


def test_nothing_is_said_before_a_choice_is_made():
    question = choice()
    question.commit_button.click()
    assert "Choose an answer first" in question.answer.value
    assert not question.control.disabled
    assert "it grows" not in question.answer.value


def test_a_committed_choice_is_shown_beside_the_truth_and_stays():
    question = choice()
    question.control.value = "it shrinks"
    question.commit_button.click()
    for words in ("You said: it shrinks", "The numbers say: it grows", "Since 1.01 &gt; 1."):
        assert words in question.answer.value
    assert question.control.disabled
    assert choice().control.value == "it shrinks"
    assert "You said: it shrinks" in choice().answer.value


def test_among_bounds_the_computed_number_says_which_option_is_true():
    options = {"small": (0, 0.1), "about half": (0.4, 0.6), "large": (0.6, 1)}
    assert predict_choice("q5", "?", options, 0.6, "").truth == "large"
    assert predict_choice("q5", "?", options, 0.0, "").truth == "small"
    assert predict_choice("q5", "?", options, 0.5, "").control.options == ("small", "about half", "large")
    for between in (0.2, 1.0, float("nan")):
        with pytest.raises(ValueError, match="truth: expected a number within the bounds of one option"):
            predict_choice("q5", "?", options, between, "")


def test_a_curve_is_chosen_by_the_letter_of_its_panel():
    norms = rnnlib.gradient_flow.power_norms(np.array([[0.9, 5.0], [0.0, 0.9]]), 100)
    assert vanishing.panel_of(norms) == "C"
    sizes = np.hypot(*(input_gradients(0.8, 50, direction) for direction in (1, -1)))
    assert bidirectional.panel_of(sizes) == "D"
    assert bidirectional.panel_of(input_gradients(0.8, 50, 1)) == "A"
    with pytest.raises(ValueError, match="is not in list"):
        bidirectional.panel_of(2 * sizes)
    for picture in (vanishing.four_power_norms(), bidirectional.four_reaches()):
        shown = [ax.get_lines()[0].get_ydata() for ax in picture.fig.axes]
        assert len(shown) == 4
        assert not any(np.allclose(a, b) for a, b in itertools.combinations(shown, 2))


def test_a_number_is_predicted_on_a_logarithmic_scale():
    question = predict_number("q2", "How large is y?", 20752.0, "It is 1.01 to the 999.", 1, 1e6, "y")
    question.control.value = 1000.0
    question.commit_button.click()
    assert "You said: 1 000, 21 times too small. The numbers say: 20 800." in question.answer.value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0431, "0.0431"), (3.0, "3"), (20752.3, "20 800"), (2.07e9, "2.1 × 10⁹"), (4e-5, "4.0 × 10⁻⁵")],
)
def test_numbers_are_written_as_one_says_them(value, text):
    assert prediction.number_text(value) == text


def test_a_close_prediction_is_called_close():
    assert prediction.factor_text(105.0, 100.0) == ", which is close"
    assert prediction.factor_text(1e4, 100.0) == ", 100 times too large"


def test_without_a_kernel_question_and_folded_answer_are_readable():
    data = choice()._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "Does it grow &amp; shrink?" in data["text/html"]
    assert "<details><summary>The answer</summary><p>it grows. Since 1.01 &gt; 1.</p></details>" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_truth_that_cannot_be_chosen_is_refused():
    with pytest.raises(ValueError, match=r"truth: expected one of 'a', 'b', got 'c'"):
        predict_choice("q3", "?", ["a", "b"], "c", "")
    with pytest.raises(ValueError, match="truth: expected 0 < low <= truth <= high"):
        predict_number("q4", "?", 0.0, "", 1, 10)
