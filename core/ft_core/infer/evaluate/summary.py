"""The results of an evaluation on a terminal of a hundred columns."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ft_core.corpus.reporting.report_number import count_things, format_share

__all__ = ["print_results"]

_WIDTH = 100
_COLUMNS = ("majority", "tfidf", "shuffled", "base", "adapter", "pipeline")
_HEADS = {"majority": "most frequent", "tfidf": "TF-IDF"}


def print_results(results: Mapping[str, Any], stream: TextIO | None = None) -> None:
    """Print the primary metrics side by side, the differences, and every metric of the adapters.

    Args:
        results: what ``results.json`` holds.
        stream: standard output where None.
    """
    stream = stream or sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False)
    steps: Mapping[str, Any] = results["steps"]
    shown = [name for name in _COLUMNS if any(name in step["systems"] for step in steps.values())]
    console.print(_describe(results))
    console.print("[bold]Primary metrics[/bold]")
    console.print(_compare(steps, shown))
    console.print("\n[bold]Differences in them, with 95 % interval and p of a paired permutation test over tales[/bold]")
    console.print(_tell_differences(steps))
    for name, step in steps.items():
        console.print(_describe_step(name, step))
        console.print(_tell_metrics(step, [each for each in shown if each in step["systems"]]))
    for warning in [*results["warnings"], *_note(results)]:
        console.print(f"\n{escape(warning)}", style="yellow")


def _describe(results: Mapping[str, Any]) -> str:
    tales, left_out = count_things(len(results["tales"]), f"{results['split']} tale"), len(results["left_out"])
    return (
        f"[bold]{tales}[/bold] of run {escape(results['run']['folder'])}, "
        f"{count_things(left_out, 'other')} left out; [dim]95 % intervals by bootstrap over tales[/dim]\n"
    )


def _compare(steps: Mapping[str, Any], shown: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("step")
    table.add_column("metric", overflow="fold")
    table.add_column("n", justify="right")
    for system in shown:
        table.add_column(_HEADS.get(system, system), justify="right", style="bold" if system == "adapter" else "")
    for name, step in steps.items():
        primary = step["primary"]
        cases = step["adapter"].get(primary, {}).get("n", "") if "adapter" in step else ""
        cells = [_show(step.get(system, {}).get(primary)) for system in shown]
        table.add_row(escape(name), escape(primary), str(cases), *cells)
    return table


def _tell_differences(steps: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    names = list(dict.fromkeys(name for step in steps.values() for name in step["difference"] if name != "adapter - tfidf"))
    for head in ("step", *names):
        table.add_column(head, justify="left" if head == "step" else "right")
    for name, step in steps.items():
        table.add_row(
            escape(name), *(_show_difference(step["difference"].get(each, {}).get(step["primary"])) for each in names)
        )
    return table


def _describe_step(name: str, step: Mapping[str, Any]) -> str:
    told = [f"{count_things(step['cases'], 'case')} of {count_things(step['tales'], 'tale')}"]
    for system, words in (("adapter", "of the adapter's answers valid"), ("adapter_unconstrained", "without constraint")):
        valid = step["valid"].get(system)
        if valid and valid["share"] is not None:
            repaired = f" ({valid['repaired']} repaired)" if valid["repaired"] else ""
            told.append(f"{_show_share(valid['share'])} {words}{repaired}")
    return f"\n[bold]{escape(name)}[/bold]: {', '.join(told)}"


def _tell_metrics(step: Mapping[str, Any], shown: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("metric", overflow="fold")
    table.add_column("n", justify="right")
    best = "adapter" if "adapter" in shown else shown[-1]
    for head in (*(_HEADS.get(system, system) for system in shown), f"95 % of the {best}"):
        table.add_column(head, justify="right")
    for metric, figure in step[best].items():
        cells = [_show(step[system].get(metric)) for system in shown]
        style = "bold" if metric == step["primary"] else ""
        table.add_row(escape(metric), str(figure["n"]), *cells, _show_interval(figure), style=style)
    return table


def _show_share(share: float) -> str:
    return format_share(share).replace("\xa0", " ")


def _show(figure: Mapping[str, Any] | None) -> str:
    return "–" if not figure or figure["value"] is None else f"{figure['value']:.3f}"


def _show_interval(figure: Mapping[str, Any] | None) -> str:
    return "–" if not figure or figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"


def _show_difference(figure: Mapping[str, Any] | None) -> str:
    if not figure:
        return "–"
    interval = "" if figure["low"] is None else f" ({figure['low']:+.2f} to {figure['high']:+.2f})"
    return f"{figure['value']:+.3f}{interval}\np {figure['p']:.3f}"


def _note(results: Mapping[str, Any]) -> list[str]:
    notes = [f"Step {name} has no cases in these tales." for name in results["without_cases"]]
    missing = {reason for step in results["steps"].values() for reason in step["missing"].values()}
    return notes + [f"No TF-IDF baseline: {reason}." for reason in sorted(missing) if "scikit-learn" in reason]
