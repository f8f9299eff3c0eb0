"""What a reader of the report should look at first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import Child, link_to, make
from ft_core.corpus.reporting.report_number import count_things
from ft_core.corpus.training_data import SPLITS

__all__ = ["describe_findings"]


def describe_findings(report: Mapping[str, Any]) -> Element:
    """Say what is wrong, the worst first, with links to where the page tells more; or that nothing is."""
    findings = [*_find_lost_files(report), *_find_lost_labels(report), *_find_leaks(report), *_find_thin_steps(report)]
    if not findings:
        calm = "Nothing stands out: no file was refused, every label is known, and no two tales had to be moved together."
        return make("p", calm, class_="calm")
    items = [make("li", *finding) for finding in findings]
    return make("div", make("p", make("strong", "Look at this first")), make("ul", *items), class_="look")


def _find_lost_files(report: Mapping[str, Any]) -> Iterator[list[Child]]:
    stories = report.get("stories") or {}
    if not stories.get("read"):
        yield ["No tale was read, so there is nothing to learn from."]
    if refused := stories.get("refused"):
        yield [f"{count_things(refused, 'file')} {_was(refused)} refused: ", link_to("refused", "which, and why"), "."]


def _find_lost_labels(report: Mapping[str, Any]) -> Iterator[list[Child]]:
    if unknown := (report.get("repaired") or {}).get("unknown-label"):
        said = f"{count_things(unknown, 'label')} that no rule knows {_was(unknown)} left out, never guessed; "
        yield [said, "the manifest names each with its place: ", link_to("repaired", "unknown-label"), "."]


def _find_leaks(report: Mapping[str, Any]) -> Iterator[list[Child]]:
    leaks = report.get("leaks") or {}
    if leaks.get("mode") == "off":
        yield ["Nobody looked for tales that are the same tale: the leak check is off."]
    moved = sum(1 for pair in leaks.get("pairs") or [] if pair.get("moved"))
    if moved:
        what = count_things(moved, "pair of tales that are", "pairs of tales that are")
        yield [f"{what} the same tale would have been split; each is now in one split: ", link_to("leaks", "leaks"), "."]


def _find_thin_steps(report: Mapping[str, Any]) -> Iterator[list[Child]]:
    for number, (name, step) in enumerate((report.get("steps") or {}).items(), 1):
        split = step.get("split") or {}
        without = [each for each in SPLITS if split and not split.get(each)]
        if len(without) == len(SPLITS) or step.get("examples") == 0:
            yield [link_to(f"step-{number}", name), " has no examples."]
        elif without:
            yield [link_to(f"step-{number}", name), f" has no examples in {' and '.join(without)}."]


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
