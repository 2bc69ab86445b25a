"""The brief: the present view as one document to send, print and cite, as HTML, Word or Markdown.

`compose` gathers the parts once; the three writers say the same in three forms. Charts come as pictures
made elsewhere (the reader's browser, or `pictures.render`); without them each chart is told in words and
its table.
"""

from collections.abc import Mapping

from tumen.brief.content import MOST_CARDS, Brief, compose, important
from tumen.brief.drawing import figures
from tumen.brief.page import html
from tumen.brief.picture import BadPicture, Picture
from tumen.brief.text import markdown

__all__ = [
    "MOST_CARDS",
    "BadPicture",
    "Brief",
    "Picture",
    "compose",
    "docx",
    "figures",
    "html",
    "important",
    "markdown",
]


def docx(brief: Brief, pictures: Mapping[str, Picture]) -> bytes:
    """The brief as a Word document, see `word.docx`; its library is loaded when it is first needed."""
    from tumen.brief import word

    return word.docx(brief, pictures)
