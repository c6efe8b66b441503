"""Predictions: a guess is committed, the truth stands beside it, and the kernel remembers."""

import pytest

from rnnlib.exercises import predict_choice, predict_number, prediction


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


def test_a_number_is_predicted_on_a_logarithmic_scale():
    question = predict_number("q2", "How large is y?", 20752.0, "It is 1.01 to the 999.", 1, 1e6, "y")
    question.control.value = 1000.0
    question.commit_button.click()
    assert "You said: 1e+03. The numbers say: 2.08e+04." in question.answer.value


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
