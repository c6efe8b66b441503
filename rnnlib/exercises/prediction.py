"""Predict, then move: a guess is committed first, and the truth is shown beside it."""

import html
import math

import ipywidgets as widgets

from ..figures.numbers import SUPERSCRIPTS

_committed = {}


class Prediction(widgets.VBox):
    """A question, a control to answer it with, and the truth beside the answer once it is committed.

    ``key`` is a name of its own for the question: what was committed under it is kept while the kernel lives.
    ``truth`` is a value of the control and ``reason`` says why; ``show`` puts a value into words, and ``compare`` says
    how far a value is from the truth. Without a kernel the question is shown with the
    answer folded away. Made by :func:`predict_choice` and :func:`predict_number`.
    """

    def __init__(self, key, question, control, truth, reason, show, compare):
        self.key, self.question, self.truth, self.reason = key, question, truth, reason
        self.show, self.compare = show, compare
        self.control = control
        self.commit_button = widgets.Button(description="Commit", tooltip="Commit your prediction and see the truth")
        self.answer = widgets.HTML()
        self.commit_button.on_click(lambda _: self.commit())
        text = widgets.HTML(f'<div style="max-width:860px"><b>Predict first.</b> {html.escape(question)}</div>')
        super().__init__([text, widgets.HBox([control, self.commit_button]), self.answer])
        if key in _committed:
            control.value = _committed[key]
            self._reveal()

    def commit(self):
        """Keep the prediction and show the truth beside it."""
        if self.control.value is None:
            self._say("Choose an answer first.")
            return
        _committed[self.key] = self.control.value
        self._reveal()

    def _reveal(self):
        self.control.disabled = self.commit_button.disabled = True
        said = self.show(self.control.value) + self.compare(self.control.value, self.truth)
        self._say(f"You said: {said}. The numbers say: {self.show(self.truth)}. {self.reason}")

    def _say(self, text):
        self.answer.value = f'<div role="status" style="max-width:860px">{html.escape(text)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        question, truth = html.escape(self.question), html.escape(f"{self.show(self.truth)}. {self.reason}")
        data["text/plain"] = f"Predict first. {self.question}"
        data["text/html"] = (
            f"<p><b>Predict first.</b> {question}</p><details><summary>The answer</summary><p>{truth}</p></details>"
        )
        return data


def predict_choice(key, question, options, truth, reason):
    """A prediction among a few ``options``.

    They are strings, of which ``truth`` is one; or a dict of strings with bounds (low, high), and then ``truth`` is a
    number, computed: right is the option with low <= truth < high.
    Raises ValueError if ``truth`` fits no option, or more than one.
    """
    if isinstance(options, dict):
        fitting = [option for option, (low, high) in options.items() if low <= truth < high]
        if len(fitting) != 1:
            raise ValueError(f"truth: expected a number within the bounds of one option, got {truth}")
        truth = fitting[0]
    if truth not in options:
        raise ValueError(f"truth: expected one of {', '.join(map(repr, options))}, got {truth!r}")
    control = widgets.ToggleButtons(options=list(options), value=None, style={"button_width": "auto"})
    return Prediction(key, question, control, truth, reason, str, lambda value, truth: "")


def predict_number(key, question, truth, reason, low, high, words="value"):
    """A prediction of a positive number on a logarithmic scale from ``low`` to ``high``.

    ``words`` labels the slider. Raises ValueError unless 0 < low <= truth <= high.
    """
    if not 0 < low <= truth <= high:
        raise ValueError(f"truth: expected 0 < low <= truth <= high, got {low}, {truth}, {high}")
    control = widgets.FloatLogSlider(
        value=math.sqrt(low * high),
        min=math.log10(low),
        max=math.log10(high),
        step=(math.log10(high) - math.log10(low)) / 200,
        description=words,
        readout_format=".2g",
        continuous_update=True,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="460px"),
    )
    return Prediction(key, question, control, truth, reason, number_text, factor_text)


def number_text(value, digits=3):
    """A positive number as one says it, to a few digits: 20 800, 0.043, 2.1 × 10⁹."""
    if 1e-3 <= value < 1e7:
        return f"{float(f'{value:.{digits}g}'):,.7g}".replace(",", " ")
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(power)).translate(SUPERSCRIPTS)}"


def factor_text(value, truth):
    """How many times too large or too small a positive number is, where that is worth saying."""
    factor = max(value / truth, truth / value)
    if factor < 1.1:
        return ", which is close"
    return f", {number_text(factor, 2)} times too {'large' if value > truth else 'small'}"
