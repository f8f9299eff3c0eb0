"""The head of a page: its title and its style; it loads nothing."""

from __future__ import annotations

from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import make

__all__ = ["make_head"]


def make_head(title: str, *more_style: str) -> Element:
    """Make the head of a page.

    Args:
        title: what the page is about.
        more_style: CSS that follows the one that all pages share.
    """
    return make(
        "head",
        make("meta", charset="utf-8"),
        make("meta", name="viewport", content="width=device-width, initial-scale=1"),
        make("meta", name="color-scheme", content="light dark"),
        make("link", rel="icon", href="data:,"),  # else a browser asks the server for one
        make("title", f"{title} · ft-core"),
        make("style", "".join([_read_style(), *more_style])),
    )


@cache
def _read_style() -> str:
    return resources.files("ft_core.corpus.reporting").joinpath("report.css").read_text(encoding="utf-8")
