"""How many answers of each system could be used, and where the others are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import Child
from ft_core.corpus.reporting.report_number import format_number, format_share
from ft_core.corpus.reporting.report_table import make_table
from ft_core.infer.evaluate.page.interval_chart import NAMES

__all__ = ["tabulate_validity"]


def tabulate_validity(valid: Mapping[str, Mapping[str, Any]]) -> Element:
    """Make the table of a step.

    Args:
        valid: by system, what :func:`ft_core.infer.evaluate.validity.count_valid` returned.
    """
    rows: list[list[Child]] = []
    for system, held in valid.items():
        share = "–" if held["share"] is None else format_share(held["share"])
        counts = [format_number(held[key]) for key in ("asked", "valid", "repaired")]
        places = ", ".join(f"{place} {format_number(count)}" for place, count in held["problems"].items())
        rows.append(
            [NAMES[system], *counts, share, format_number(held["cut"]), format_number(held["not_asked"]), places or "–"]
        )
    heads = [
        "system",
        "asked",
        "valid",
        "of these repaired",
        "share",
        "cut at the longest",
        "nothing to ask",
        "answers with a problem, by its place",
    ]
    return make_table("Valid answers", heads, rows, kinds="tnnnnnnt")
