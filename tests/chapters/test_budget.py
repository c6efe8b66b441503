"""Nothing hangs: an answer that runs, prints or sleeps without end is stopped, and a sentence says so."""

import threading
import time

import pytest
from jupyter_client.manager import start_new_kernel

from rnnlib.chapters.ch1_forward_pass import exercises
from rnnlib.chapters.ch7_attention import exercises as attention
from rnnlib.judging import budget, learner


def fresh(exercise):
    return type(exercise)()


@pytest.fixture
def short(monkeypatch):
    """A budget of a fifth of a second."""
    monkeypatch.setattr(learner, "budget", lambda quiet: budget.budget(0.2, quiet=quiet))


def runs_on(**arguments):
    while True:
        arguments = dict(arguments)


def sleeps(**arguments):
    time.sleep(60)


def swallows_once(**arguments):
    try:
        runs_on(**arguments)
    except BaseException:
        return 0


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("answer", [runs_on, sleeps], ids=lambda answer: answer.__name__)
def test_what_does_not_end_is_stopped_with_its_line(answer):
    begin = time.monotonic()
    verdict = fresh(exercises.rnn_step).check(answer)
    assert time.monotonic() - begin < 5
    assert "did not end within 0.2 seconds and was stopped, at the line below" in verdict.text
    assert verdict.code.startswith("line ")


@pytest.mark.usefixtures("short")
def test_in_another_thread_too():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(fresh(exercises.rnn_step).check(runs_on)))
    thread.start()
    thread.join(10)
    assert "did not end within 0.2 seconds" in verdicts[0].text


def test_one_that_catches_the_stop_and_returns_is_judged(monkeypatch):
    monkeypatch.setattr(learner, "budget", lambda quiet: budget.budget(0.02, quiet=quiet))  # it is called some 50 times
    assert fresh(exercises.rnn_step).check(swallows_once).word == "Not yet"


def test_what_prints_without_end_is_stopped_and_what_it_printed_is_limited(capsys):
    def prints(**arguments):
        while True:
            print("hello")

    verdict = fresh(exercises.rnn_step).check(prints)
    assert "prints without end: after ten thousand characters it was stopped" in verdict.text
    assert 9_000 < len(capsys.readouterr().out) <= budget.CHARACTERS


def test_all_calls_of_a_check_share_an_allowance():
    with (
        budget.allowance(0.0),
        pytest.raises(budget.OverBudget, match="took more than 30 seconds in all"),
        budget.budget(),
    ):
        pass


def test_a_decoder_is_called_so_often_and_no_more():
    def forgets_longest(step, state, end, longest):
        symbols, symbol = [], None
        while symbol != end:
            logits, state = step(symbol, state)
            symbol = int(logits.argmax())
            symbols.append(symbol)
        return symbols[:-1]

    verdict = fresh(attention.greedy_decoding).check(forgets_longest)
    assert "has called step 1000 times and goes on" in verdict.text
    assert "step(symbol, state)" in verdict.code


PRINTING = """
from rnnlib.chapters.ch1_forward_pass import exercises

def rnn_step(x_t, S_previous, W_x, W_s, b_s):
    while True:
        print("hello")

exercises.rnn_step.check(rnn_step)
"""


def test_in_a_kernel_a_loop_that_prints_ends_in_a_verdict_and_the_kernel_lives():
    manager, client = start_new_kernel(kernel_name="python3")
    printed, shown = [], []

    def collect(message):
        content = message["content"]
        printed.append(content.get("text", ""))
        shown.append(str(content.get("data", {}).get("text/plain", "")))

    try:
        client.execute_interactive(PRINTING, timeout=60, output_hook=collect)
        assert sum(map(len, printed)) <= budget.CHARACTERS
        assert any("prints without end" in text for text in shown)
        client.execute_interactive("print(6 * 7)", timeout=30, output_hook=collect)
        assert "42" in "".join(printed)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
