"""Recall questions: what earlier chapters taught, brought back from memory before a new one begins."""

import html

import ipywidgets as widgets

from .asking import Choice, Number, option_of
from .prediction import WIDTH, buttons, said


def ask_choice(chapter, question, options, truth, reason, wrong):
    """A recall question on ``chapter`` with a few ``options``, as in :func:`rnnlib.judging.predict_choice`."""
    if isinstance(options, dict):
        truth = option_of(truth, options)
    return chapter, Choice(question, tuple(options), truth, reason, wrong)


def ask_number(chapter, question, truth, reason, wrong=None, tolerance=0.01):
    """A recall question on ``chapter`` whose answer is a number to type; ``wrong`` maps wrong numbers to words."""
    return chapter, Number(question, truth, reason, wrong or {}, tolerance)


class Recall(widgets.VBox):
    """Some questions, each answered at once, and again until it is right. Made by :func:`recall`.

    Without a kernel the questions are shown with their answers folded away.
    """

    def __init__(self, asked):
        self.asked = asked
        self.questions = [Recalled(number, *pair) for number, pair in enumerate(asked, start=1)]
        super().__init__([widgets.HTML("<b>From memory.</b>"), *self.questions])

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        asked = [f"{number}. {_text(*pair)}" for number, pair in enumerate(self.asked, start=1)]
        data["text/plain"] = "\n".join(["From memory.", *asked])
        folded = [pair[1].folded() for pair in self.asked]
        items = "".join(f"<p>{html.escape(q)}</p>{a}" for q, a in zip(asked, folded, strict=True))
        data["text/html"] = f"<p><b>From memory.</b></p>{items}"
        return data


class Recalled(widgets.VBox):
    """One question with its control; what is said to an answer appears below it."""

    def __init__(self, number, chapter, asked):
        self.asked = asked
        words = widgets.HTML(f'<div style="{WIDTH}">{number}. {html.escape(_text(chapter, asked))}</div>')
        self.answer = widgets.HTML()
        if isinstance(asked, Choice):
            self.control = buttons(asked.options)
            controls = [self.control]
        else:
            self.control = widgets.Text(
                value="", continuous_update=False, placeholder="a number, then Enter", tooltip=f"Answer {number}"
            )
            show = widgets.Button(description="Answer", tooltip=f"Answer question {number}", layout={"width": "auto"})
            show.on_click(lambda _: self.reply(self.control.value))
            controls = [self.control, show]
        self.control.observe(lambda change: self.reply(change["new"]), "value")
        super().__init__([words, widgets.HBox(controls), self.answer])

    def reply(self, value):
        """Give the reply to the answer ``value``."""
        self.answer.value = said(*self.asked.reply(value, reveal=False))


def recall(*asked):
    """Questions about earlier chapters, made by :func:`ask_choice` and :func:`ask_number`."""
    return Recall(asked)


def _text(chapter, asked):
    return f"{asked.question} (chapter {chapter})"
