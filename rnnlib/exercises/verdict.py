"""What a check answers: one of three words and a sentence."""

import html
from typing import NamedTuple

COLOURS = {"Solved": "#009E73", "Not yet": "#D55E00", "Not tried yet": "#777777", "Hint": "#0072B2"}


class Verdict(NamedTuple):
    """``word`` is 'Solved', 'Not yet', 'Not tried yet' or 'Hint'; ``text`` says why, ``code`` shows lines of code."""

    word: str
    text: str
    code: str = ""

    @property
    def solved(self):
        """Whether the answer was right."""
        return self.word == "Solved"

    def __str__(self):
        indented = "".join(f"\n    {line}" for line in self.code.splitlines())
        return f"{self.word}. {self.text}{indented}"

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None):
        style = f"border-left: 5px solid {COLOURS[self.word]}; padding: 2px 0 2px 12px; max-width: 860px"
        code = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        body = f'<div role="status" style="{style}"><b>{self.word}.</b> {html.escape(self.text)}{code}</div>'
        return {"text/plain": str(self), "text/html": body}
