"""A picture in a notebook, with the words for those who cannot see it."""

import base64
import io

from .. import style


class Picture:
    """A figure as a notebook shows it: a PNG that carries alt text.

    Use it as the last expression of a cell: ``Picture(fig, "Two curves ...")``. The alt text says what the
    picture shows, in a sentence or two; where pictures cannot be shown it takes their place.
    """

    def __init__(self, fig, alt):
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError("alt: expected a sentence that says what the picture shows, got nothing")
        self.fig = fig
        self.alt = " ".join(alt.split())

    def png(self):
        """The picture as PNG bytes, at the resolution for saving."""
        stream = io.BytesIO()
        with style.DRAWING:
            self.fig.savefig(stream, format="png", metadata={"Software": None})
        return stream.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = round(self.fig.get_figwidth() * 100)
        data = {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": width, "letters": style.smallest_letters(self.fig)}}
