"""Making the markup of the report's page: elements that escape what they hold, and texts that a page can show."""

from __future__ import annotations

import re
from typing import TypeAlias
from xml.etree.ElementTree import Element, tostring

__all__ = ["Child", "link_to", "make", "make_section", "render_document"]

Child: TypeAlias = "Element | str | None"
"""What an element holds; None stands for nothing, so that a part may be left out where it is written."""

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINES = frozenset({"div", "dl", "figcaption", "figure", "h2", "h3", "header", "li", "nav", "p", "section", "table", "tr"})


def make(tag: str, *children: Child, **attributes: str) -> Element:
    r"""Make an element.

    Args:
        tag: its name.
        children: elements and texts in their order; texts are escaped when the page is rendered.
        attributes: by name; ``class_`` stands for ``class``, and ``aria_label`` for ``aria-label``.

    >>> tostring(make("p", "1 < 2, ", make("b", "a&b"), class_="note"), encoding="unicode", method="html")
    '<p class="note">1 &lt; 2, <b>a&amp;b</b></p>\n'
    """
    element = Element(tag, {name.rstrip("_").replace("_", "-"): _show(value) for name, value in attributes.items()})
    if tag in _LINES:
        element.tail = "\n"
    for child in children:
        if isinstance(child, str):
            _add_text(element, _show(child))
        elif child is not None:
            element.append(child)
    return element


def link_to(anchor: str, text: str) -> Element:
    """Make a link to another place of the page."""
    return make("a", text, href=f"#{anchor}")


def make_section(anchor: str, title: Element, *children: Element | None) -> Element:
    """Make a section of the page.

    Args:
        anchor: what links lead to.
        title: the heading, which names the section.
        children: what follows.
    """
    title.set("id", f"{anchor}-title")
    return make("section", title, *children, id=anchor, aria_labelledby=f"{anchor}-title")


def render_document(root: Element) -> str:
    """Return a whole page as HTML, to be written as UTF-8."""
    return f"<!DOCTYPE html>\n{tostring(root, encoding='unicode', method='html')}\n"


def _add_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _show(text: str) -> str:
    # Half a surrogate pair cannot be written as UTF-8, and browsers drop or change most control characters.
    return _UNSHOWABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
