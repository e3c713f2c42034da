"""Texts as sources give them, made plain."""

import re
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser

_TAGS = "p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|table|tr|td|blockquote|script|style"
# Each expression is linear: no start is tried inside of what an earlier one has looked through.
_MARKUP = re.compile(rf"</?(?:{_TAGS})\b[^<>]*>|&(?:nbsp|amp|quot|lt|gt|#\d{{2,6}}|#x[0-9a-f]{{2,5}});", re.IGNORECASE)
_BLOCKS = "p,br,div,li,h1,h2,h3,h4,h5,h6,tr,blockquote,ul,ol,table,section,article,figcaption"
_UNREAD = ["script", "style", "noscript", "iframe", "template"]

_C0_AND_C1 = (*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))
_DIRECTION = (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
# Direction marks only steer the display: left in, they split words for the reader of the text and can reorder what an
# alert shows. Zero-width joiners are kept, because they are part of Persian and Kurdish spelling.
_CONTROLS = dict.fromkeys((*_C0_AND_C1, *_DIRECTION))
_BLANK_LINES = re.compile(r"(?<![ \t])[ \t]*\n(?:[ \t]*\n)+[ \t]*")

_TAGS_AT_ONCE = 5000
"""A parser's work grows with the square of the depth: markup with more tags than any article has is read in parts."""


def plain(text: str) -> str:
    """Text without markup, without control and direction marks, with `\\n` for the ends of lines, stripped."""
    if _MARKUP.search(text):
        text = _without_markup(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    return _BLANK_LINES.sub("\n\n", text).strip()


def _without_markup(html: str) -> str:
    cuts = [found.start() for found in re.finditer("<", html)][_TAGS_AT_ONCE::_TAGS_AT_ONCE]
    first, *others = (html[start:end] for start, end in pairwise([0, *cuts, len(html)]))
    return _text_of(first) + "".join(_text_of("<body>" + part) for part in others)


def _text_of(html: str) -> str:
    tree = LexborHTMLParser(html)
    tree.strip_tags(_UNREAD, recursive=True)
    for block in tree.css(_BLOCKS):
        block.insert_after("\n")
    body = tree.body
    return (body.text() if body else "").replace("\xa0", " ")
