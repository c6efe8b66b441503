"""Predict, then move: a guess is committed first; then the reader learns whether it was right, and why."""

import html
import math

import ipywidgets as widgets

from .asking import Choice, Estimate, check_range, option_of

WIDTH = "max-width:860px"
_committed = {}
_waiting = {}


class Prediction(widgets.VBox):
    """A question, a control to answer it with, and what is said to the answer once it is committed.

    ``key`` is a name of its own for the question: what was committed under it is kept while the kernel lives, and
    what waits for it (:func:`after_commit`) is shown. Without a kernel the question is shown with the answer folded
    away. Made by :func:`predict_choice` and :func:`predict_number`.
    """

    def __init__(self, key, asked, control):
        self.key, self.asked, self.control = key, asked, control
        self.commit_button = widgets.Button(description="Commit", tooltip="Commit your prediction and see the truth")
        self.answer = widgets.HTML()
        self.commit_button.on_click(lambda _: self.commit())
        text = widgets.HTML(f'<div style="{WIDTH}"><b>Predict first.</b> {html.escape(asked.question)}</div>')
        super().__init__([text, widgets.HBox([control, self.commit_button]), self.answer])
        if key in _committed:
            control.value = _committed[key]
            self._reveal()

    def commit(self):
        """Keep the prediction, say whether it was right, and show what waits for it."""
        if self.control.value is None:
            self.answer.value = said("", "Choose an answer first.")
            return
        _committed[self.key] = self.control.value
        self._reveal()
        for waiting in _waiting.pop(self.key, []):
            waiting.show()

    def _reveal(self):
        self.control.disabled = self.commit_button.disabled = True
        self.answer.value = said(*self.asked.reply(self.control.value))

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = f"Predict first. {self.asked.question}"
        data["text/html"] = f"<p><b>Predict first.</b> {html.escape(self.asked.question)}</p>{self.asked.folded()}"
        return data


def said(right, text):
    """A reply as HTML; a right one has a green edge, a wrong one a vermilion one. The words say it without."""
    colour = {True: "#009E73", False: "#D55E00"}.get(right, "#777777")
    style = f"{WIDTH};border-left:5px solid {colour};padding:2px 0 2px 12px"
    return f'<div role="status" style="{style}">{html.escape(text)}</div>'


def buttons(options):
    """A row of buttons to choose an option with."""
    layout = widgets.Layout(width="auto", max_width="860px")
    return widgets.ToggleButtons(options=list(options), value=None, style={"button_width": "auto"}, layout=layout)


def predict_choice(key, question, options, truth, reason, wrong=None):
    """A prediction among a few ``options``.

    They are strings, of which ``truth`` is one; or a dict of strings with bounds (low, high), and then ``truth`` is a
    number, computed: the right option has low <= truth < high. ``wrong`` maps each other option to what is wrong
    with it. Raises ValueError if ``truth`` fits no option, or more than one, or if a wrong option has no reason.
    """
    if isinstance(options, dict):
        truth = option_of(truth, options)
    asked = Choice(question, tuple(options), truth, reason, wrong or {})
    return Prediction(key, asked, buttons(options))


def predict_number(key, question, truth, reason, low, high, words="value", wrong=None):
    """A prediction of a positive number on a logarithmic scale from ``low`` to ``high``.

    ``words`` labels the slider; ``wrong`` maps bounds (low, high) to what is said to a wrong number between them.
    Raises ValueError unless 0 < low <= truth <= high.
    """
    check_range(low, truth, high)
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
    return Prediction(key, Estimate(question, truth, reason, wrong or {}), control)


class Waiting(widgets.VBox):
    """Something that is shown when the prediction ``key`` has been committed, or at once on a button.

    ``shown`` is an explorer or a picture. Saved with the notebook is its picture, so a page without a kernel has it.
    Made by :func:`after_commit`.
    """

    def __init__(self, key, shown):
        self.shown = shown
        self.button = widgets.Button(
            description="Show it without",
            tooltip="Show the picture without a prediction",
            layout={"width": "auto", "align_self": "flex-start"},
        )
        self.button.on_click(lambda _: self.show())
        words = widgets.HTML(f'<div style="{WIDTH}">This picture waits for your prediction above.</div>')
        super().__init__([words, self.button])
        if key in _committed:
            self.show()
        else:
            _waiting.setdefault(key, []).append(self)

    def show(self):
        """Show what has waited."""
        data, metadata = self.shown._repr_mimebundle_()
        if isinstance(self.shown, widgets.Widget):
            self.children = [self.shown]
            return
        alt, width = html.escape(metadata["image/png"]["alt"]), metadata["image/png"]["width"]
        source = f"data:image/png;base64,{data['image/png']}"
        self.children = [widgets.HTML(f'<img src="{source}" alt="{alt}" width="{width}">')]

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = self.shown._repr_mimebundle_()
        return data | super()._repr_mimebundle_(**kwargs) | {"text/plain": data["text/plain"]}, metadata


def after_commit(key, shown):
    """``shown``, an explorer or a picture that answers the prediction ``key``, once that is committed."""
    return Waiting(key, shown)
