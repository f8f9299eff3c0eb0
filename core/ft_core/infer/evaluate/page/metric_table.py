"""Tables of a step's metrics: all systems, the differences, and the breakdown by culture and language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import Child, make
from ft_core.corpus.reporting.report_number import format_number
from ft_core.corpus.reporting.report_table import make_table
from ft_core.infer.evaluate.page.figure import format_difference, format_interval, format_p, format_value
from ft_core.infer.evaluate.page.interval_chart import NAMES

__all__ = ["tabulate_differences", "tabulate_groups", "tabulate_metrics"]

_PLACE = "results.json"


def tabulate_metrics(step: Mapping[str, Any]) -> Element:
    """Make the table of every metric of every system, with the interval of the adapter."""
    systems = [system for system in NAMES if system in step["systems"]]
    best = "adapter" if "adapter" in systems else systems[-1]
    heads = ["metric", "gold cases", *(NAMES[system] for system in systems), f"95 % of the {NAMES[best]}"]
    rows: list[list[Child]] = []
    for name, figure in step[best].items():
        label = make("strong", name) if name == step["primary"] else name
        cells: list[Child] = [format_value(step[system].get(name)) for system in systems]
        rows.append([label, format_number(figure["n"]), *cells, format_interval(figure)])
    return make_table("All metrics; the primary one is bold", heads, rows, kinds="tn" + "n" * (len(systems) + 1), place=_PLACE)


def tabulate_differences(step: Mapping[str, Any]) -> Element | None:
    """Make the table of the differences in the primary metric; None where there are none."""
    rows: list[list[Child]] = []
    for name, metrics in step["difference"].items():
        figure = metrics.get(step["primary"])
        if figure:
            value, interval = format_difference(figure)
            first, _, second = name.partition(" - ")
            rows.append([f"{NAMES[first]} − {NAMES[second]}", value, interval, format_p(figure["p"])])
    if not rows:
        return None
    return make_table(f"Differences in {step['primary']}", ["systems", "difference", "95 %", "p"], rows, kinds="tnnn")


def tabulate_groups(step: Mapping[str, Any], key: str, head: str) -> Element | None:
    """Make the table of the primary metric by culture or language; None where it rests on nothing.

    Args:
        step: what results.json has of it.
        key: ``by_culture`` or ``by_language``.
        head: what the rows are of.
    """
    systems = [system for system in NAMES if system in step["systems"]]
    rows: list[list[Child]] = []
    for name, group in step[key].items():
        values = [format_value({"value": group["systems"][system].get(step["primary"])}) for system in systems]
        rows.append([name or "(unknown)", format_number(group["tales"]), format_number(group["cases"]), *values])
    if not rows:
        return None
    heads = [head, "tales", "cases", *(NAMES[system] for system in systems)]
    return make_table(f"{step['primary']} by {head}", heads, rows, kinds="tnn" + "n" * len(systems), place=_PLACE)
