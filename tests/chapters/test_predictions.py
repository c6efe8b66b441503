"""Predictions: a guess is committed, the truth is shown beside it, and the kernel remembers."""

import itertools
import json
import re

import numpy as np
import pytest
from chapters import chapters

import rnnlib
from rnnlib.chapters.ch3_vanishing import exercises as vanishing
from rnnlib.chapters.ch6_bidirectional import exercises as bidirectional
from rnnlib.chapters.ch6_bidirectional.experiments import input_gradients
from rnnlib.judging import after_commit, asking, predict_choice, predict_number, prediction
from rnnlib.judging.recall import ask_choice, ask_number, recall
from rnnlib.pictures import style
from rnnlib.pictures.figures import Picture


@pytest.fixture(autouse=True)
def forget():
    prediction._committed.clear()
    prediction._waiting.clear()


def choice():
    return predict_choice(
        "q1",
        "Does it grow & shrink?",
        ["it grows", "it shrinks"],
        "it grows",
        "Since 1.01 > 1.",
        {"it shrinks": "It halves at 0.5."},
    )


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
    for words in ("You said “it shrinks”; the numbers say “it grows”.", "It halves at 0.5.", "Since 1.01 &gt; 1."):
        assert words in question.answer.value
    assert question.control.disabled
    assert choice().control.value == "it shrinks"
    assert "You said “it shrinks”" in choice().answer.value


def test_among_bounds_the_computed_number_says_which_option_is_true():
    options = {"small": (0, 0.1), "about half": (0.4, 0.6), "large": (0.6, 1)}
    assert predict_choice("q5", "?", options, 0.6, "").asked.truth == "large"
    assert predict_choice("q5", "?", options, 0.0, "").asked.truth == "small"
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
    assert "You said 1 000, 21 times too small; the numbers say 20 800. It is 1.01" in question.answer.value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0431, "0.0431"), (3.0, "3"), (20752.3, "20 800"), (2.07e9, "2.1 × 10⁹"), (4e-5, "4.0 × 10⁻⁵")],
)
def test_numbers_are_written_as_one_says_them(value, text):
    assert asking.number_text(value) == text


def test_an_estimate_is_right_close_or_told_how_far_off_with_the_words_of_its_band():
    estimate = asking.Estimate("?", 100.0, "Ten tens.", {(0, 20): "That is one ten.", (20, 1000): "Count again."})
    assert estimate.reply(120.0) == (True, "You said 120: right, the numbers say 100. Ten tens.")
    assert estimate.reply(60.0) == (False, "You said 60, which is close; the numbers say 100. Count again. Ten tens.")
    said = "You said 10, 10 times too small; the numbers say 100. That is one ten. Ten tens."
    assert estimate.reply(10.0) == (False, said)
    assert estimate.reply(1e4).text == "You said 10 000, 100 times too large; the numbers say 100. Ten tens."


def test_a_right_choice_is_called_right_and_a_letter_is_not_quoted():
    question = choice()
    question.control.value = "it grows"
    question.commit_button.click()
    assert "You said “it grows”: right. Since 1.01" in question.answer.value
    panels = asking.Choice("?", tuple("ABCD"), "C", "It bends.", {"A": "Straight.", "B": "It grows.", "D": "It stays."})
    assert panels.reply("C") == (True, "You said C: right. It bends.")
    assert panels.reply("A") == (False, "You said A; the numbers say C. Straight. It bends.")


def test_each_wrong_choice_has_a_reason_or_none_has():
    options = {"low": (0, 1), "high": (1, 2)}
    assert predict_choice("q7", "?", options, 1.5, "", {"low": "No."}).asked.wrong == {"low": "No."}
    for reasons in ({"high": "it is"}, {"low": "No.", "high": "it is"}, {"other": "No."}):
        with pytest.raises(ValueError, match=r"wrong: expected a reason for each of \['low'\], got reasons for"):
            predict_choice("q7", "?", options, 1.5, "", reasons)


def test_without_a_kernel_question_and_folded_answer_are_readable():
    data = choice()._repr_mimebundle_()
    assert "Does it grow &amp; shrink?" in data["text/html"]
    assert "<details><summary>it grows</summary><p>Right. Since 1.01 &gt; 1.</p></details>" in data["text/html"]
    assert "<details><summary>it shrinks</summary><p>No. It halves at 0.5.</p></details>" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_truth_that_cannot_be_chosen_is_refused():
    with pytest.raises(ValueError, match=r"truth: expected one of 'a', 'b', got 'c'"):
        predict_choice("q3", "?", ["a", "b"], "c", "")
    with pytest.raises(ValueError, match="truth: expected 0 < low <= truth <= high"):
        predict_number("q4", "?", 0.0, "", 1, 10)


def picture():
    return Picture(style.new_figure(3, 2), "A curve & its end.")


def test_what_answers_a_prediction_waits_for_the_commit_or_for_its_button():
    waiting, impatient = after_commit("q1", picture()), after_commit("q1", picture())
    assert not any("img" in getattr(child, "value", "") for child in waiting.children)
    impatient.button.click()
    assert 'alt="A curve &amp; its end."' in impatient.children[0].value
    question = choice()
    question.control.value = "it shrinks"
    question.commit_button.click()
    assert "<img" in waiting.children[0].value
    assert "<img" in after_commit("q1", picture()).children[0].value


def test_what_waits_is_saved_like_the_picture_itself():
    data, metadata = after_commit("q1", picture())._repr_mimebundle_()
    plain, plain_metadata = picture()._repr_mimebundle_()
    assert metadata == plain_metadata
    assert {kind: data[kind] for kind in plain} == plain
    assert "application/vnd.jupyter.widget-view+json" in data


def questions():
    return recall(
        ask_choice(1, "What is W_s?", ["into", "round"], "round", "It is recurrent.", {"into": "That is W_x."}),
        ask_number(2, "How many terms has ∂L_3/∂W_s?", 3, "One a step.", {1: "That is W_o."}),
    )


def test_recall_answers_at_once_and_lets_one_try_again():
    first, second = questions().questions
    first.control.value = "into"
    assert "You said “into”: no. That is W_x." in first.answer.value
    assert "round" not in first.answer.value
    first.control.value = "round"
    assert "You said “round”: right. It is recurrent." in first.answer.value
    for typed, words in (
        ("1", "You said 1: no. That is W_o."),
        ("7", "You said 7: no."),
        ("three", "Type one number, with a decimal point"),
        (" 3.0", "You said 3: right. One a step."),
    ):
        second.control.value = typed
        assert words in second.answer.value


def test_recall_can_be_read_without_a_kernel():
    data = questions()._repr_mimebundle_()
    assert data["text/plain"].splitlines()[1] == "1. What is W_s? (chapter 1)"
    assert "<details><summary>into</summary><p>No. That is W_x.</p></details>" in data["text/html"]
    assert "<details><summary>The answer</summary><p>3. One a step.</p></details>" in data["text/html"]


def test_a_slip_that_would_pass_for_the_number_is_refused():
    with pytest.raises(ValueError, match=r"wrong: 3\.005 would pass for 3"):
        ask_number(2, "?", 3, "", {3.005: "Rounded."})


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.package)
def test_what_is_computed_right_after_a_question_is_folded_or_waits(chapter):
    cells = json.loads(chapter.path.read_text(encoding="utf-8"))["cells"]
    for question, following in itertools.pairwise(cells):
        asks = question["cell_type"] == "code" and re.search(
            r"^predict_\w+\(", "".join(question["source"]), re.MULTILINE
        )
        if asks and following["cell_type"] == "code":
            # an explorer opens where it does not answer
            moves = re.search(r"^(explorers\.|after_commit\()", "".join(following["source"]), re.MULTILINE)
            assert moves or following["metadata"]["jupyter"]["outputs_hidden"], following["id"]
