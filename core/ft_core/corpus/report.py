"""What ``ft-core prepare`` says of a preparation: one screen for people, one JSON object for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ft_core.corpus.manifest import FORMAT
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.training_data import SPLITS

__all__ = ["build_report", "format_report"]

_SHOWN = 5
"""Reasons and refusals shown on the screen; ``manifest.json`` has all."""


def build_report(preparation: Preparation) -> dict[str, Any]:
    """Return the counts of a preparation, as ``report.json`` holds them.

    ``repaired`` of a step counts the repairs of the fields that it fills; ``split`` counts its examples.
    """
    tales = preparation.tales
    return {
        "format": FORMAT,
        "stories": {"read": len(tales.stories), "refused": len(tales.refused_files)},
        "events": sum(len(story.events) for story in tales.stories),
        "tales": {split: len(ids) for split, ids in preparation.list_tales().items()},
        "repaired": dict(sorted(Counter(repair.rule for repair in tales.repairs).items())),
        "steps": {name: _report_step(preparation, name) for name in preparation.steps},
        "seed": preparation.seed,
        "data_hash": preparation.data_hash,
        "split_hash": preparation.split_hash,
        "refusals": [refusal.as_json() for refusal in tales.refusals],
        "left_out": tales.left_out,
    }


def format_report(report: Mapping[str, Any]) -> str:
    """Lay out a report for a terminal.

    Args:
        report: what :func:`build_report` returned.
    """
    stories, tales = report["stories"], report["tales"]
    lines = [
        f"Tales: {stories['read']} read, {stories['refused']} refused, with {report['events']} events; {_format_split(tales)}."
    ]
    lines += _format_refusals(report["refusals"])
    if report["left_out"]:
        lines.append(f"  left out, for ft-core wrote them: {', '.join(report['left_out'])}")
    if report["repaired"]:
        lines.append(f"Repaired while reading: {_format_counts(report['repaired'])}.")
    for name, step in report["steps"].items():
        lines += ["", *_format_step(name, step)]
    return "\n".join(lines)


def _report_step(preparation: Preparation, name: str) -> dict[str, Any]:
    step = preparation.steps[name]
    in_split = Counter(preparation.splits[example.story_id] for example in step.examples)
    return {
        "examples": len(step.examples),
        "skipped": step.count_skipped(),
        "repaired": preparation.count_repairs(name),
        "split": {split: in_split[split] for split in SPLITS},
    }


def _format_refusals(refusals: list[Mapping[str, str]]) -> list[str]:
    lines = [f"  refused {each['file']}: {each['path']}: {each['reason']}" for each in refusals[:_SHOWN]]
    more = len(refusals) - len(lines)
    return [*lines, f"  and {more} more problems in refused files (manifest.json has all)"] if more > 0 else lines


def _format_step(name: str, step: Mapping[str, Any]) -> list[str]:
    skipped = sum(step["skipped"].values())
    lines = [f"{name}: {step['examples']} examples, {skipped} skipped; {_format_split(step['split'])}"]
    reasons = list(step["skipped"].items())
    lines += [f"  {count:5} skipped: {reason}" for reason, count in reasons[:_SHOWN]]
    if len(reasons) > _SHOWN:
        rest = sum(count for _, count in reasons[_SHOWN:])
        lines.append(f"  {rest:5} skipped for {len(reasons) - _SHOWN} other reasons (manifest.json has all)")
    if step["repaired"]:
        lines.append(f"        repaired: {_format_counts(step['repaired'])}")
    return lines


def _format_split(sizes: Mapping[str, int]) -> str:
    return f"{sizes['train']} train, {sizes['val']} val, {sizes['test']} test"


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} {count}" for rule, count in counts.items())
