"""What a check answers: a word and a sentence."""

import html
from typing import NamedTuple

COLOURS = {
    "Solved": "#009E73",
    "Not yet": "#D55E00",
    "Not tried yet": "#777777",
    "Hint": "#0072B2",
    "Solution": "#0072B2",
}


class Verdict(NamedTuple):
    """``word`` is 'Solved', 'Not yet', 'Not tried yet', 'Hint' or 'Solution'; ``text`` says why, ``code`` shows code.

    ``kind`` says how a wrong answer was recognised: 'known slip', 'shown', 'numbers' or 'problem'.

    A verdict is true where it is 'Solved', so ``assert exercise.check(answer)`` means what it says.
    """

    word: str
    text: str
    code: str = ""
    kind: str = ""

    @property
    def solved(self):
        """Whether the answer was right."""
        return self.word == "Solved"

    def __bool__(self):
        return self.solved

    def __str__(self):
        indented = "".join(f"\n    {line}" for line in self.code.splitlines())
        return f"{self.word}. {self.text}{indented}"

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None):
        style = f"border-left: 5px solid {COLOURS[self.word]}; padding: 2px 0 2px 12px; max-width: 860px"
        code = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        body = f'<div role="status" style="{style}"><b>{self.word}.</b> {html.escape(self.text)}{code}</div>'
        return {"text/plain": str(self), "text/html": body}


class Listing(NamedTuple):
    """Lines of code with their numbers, from 1."""

    code: str

    def __str__(self):
        return "\n".join(f"{number:3}  {line}" for number, line in enumerate(self.code.splitlines(), start=1))

    __repr__ = __str__
