"""The data report on one screen of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ft_core.corpus.beside_count import BESIDE_COUNTS, FURTHER
from ft_core.corpus.training_data import SPLITS

__all__ = ["format_report"]

_SHOWN = 5
"""Reasons, labels, pairs and refusals shown; ``report.json`` has all."""

_LABELS = 6
_COUNTS_A_LINE = 4


def format_report(report: Mapping[str, Any]) -> str:
    """Lay out a report for a terminal.

    Args:
        report: what :func:`ft_core.corpus.reporting.report.build_report` returned.
    """
    lines = [_format_head(report), *_format_refusals(report["refusals"])]
    lines += _format_places("culture", report.get("cultures", {}))
    lines += _format_places("language", report.get("languages", {}))
    lines += _format_leaks(report.get("leaks", {}))
    for name in BESIDE_COUNTS:
        lines += _format_counted(name, _format_counts(report.get(name, {})))
    lines += _format_line("repaired", _format_counts(report["repaired"]))
    lines += _format_line("left alone", _format_counts(report.get("marks", {})))
    lines += _format_left_out(report["left_out"])
    for name, step in report["steps"].items():
        lines += ["", *_format_step(name, step)]
    return "\n".join(lines)


def _format_head(report: Mapping[str, Any]) -> str:
    stories = report["stories"]
    older = f", {stories['superseded']} older versions passed over" if stories.get("superseded") else ""
    return (
        f"Tales: {stories['read']:,} read, {stories['refused']:,} refused{older}, with {report['events']:,} events; "
        f"{_format_split(report['tales'])}."
    )


def _format_refusals(refusals: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield from (f"  refused {each['file']}: {each['path']}: {each['reason']}" for each in refusals[:_SHOWN])
    if len(refusals) > _SHOWN:
        yield f"  and {len(refusals) - _SHOWN} more problems in refused files (report.json has all)"


def _format_counted(title: str, parts: Sequence[str]) -> Iterator[str]:
    """Yield a line for every few counts, so that none is too long for a screen."""
    for start in range(0, len(parts), _COUNTS_A_LINE):
        yield from _format_line("" if start else title, parts[start : start + _COUNTS_A_LINE])


def _format_places(title: str, places: Mapping[str, Mapping[str, int]]) -> list[str]:
    parts = [f"{name or '(none)'} {'/'.join(str(sizes[split]) for split in SPLITS)}" for name, sizes in places.items()]
    return _format_line(title, _cut(parts, 2 * _SHOWN), note="train/val/test")


def _format_leaks(leaks: Mapping[str, Any]) -> list[str]:
    pairs = leaks.get("pairs", ())
    if leaks.get("mode") == "off":
        return _format_line("leaks", ["not looked for"])
    found = [f"{each['a']} and {each['b']} ({each['reason']}{', moved together' if each['moved'] else ''})" for each in pairs]
    return _format_line("same tale", _cut(found))


def _format_left_out(files: Sequence[str]) -> list[str]:
    if not files:
        return []
    such = files[0] if len(files) == 1 else f"{len(files):,} files beside them, such as {files[0]} (report.json has all)"
    return _format_line("no tales", [such])


def _format_step(name: str, step: Mapping[str, Any]) -> Iterator[str]:
    more = [f"{count:,} of {name}" for key, name in FURTHER.items() if (count := step.get(key))]
    told = f" (and {' and '.join(more)})" if more else ""
    skipped = sum(step["skipped"].values())
    yield f"{name}: {step['examples']:,} examples{told}, {skipped:,} skipped; {_format_split(step['split'])}"
    yield from _format_line("skipped", _cut([f"{count:,} {reason}" for reason, count in step["skipped"].items()]), divider="; ")
    yield from _format_line("repaired", _format_counts(step["repaired"]))
    for field, counts in step.get("labels", {}).items():
        yield from _format_line("labels", [f"{_shorten(field)}: {', '.join(_cut(_format_counts(counts), _LABELS))}"])
    yield from _format_line("empty", _format_empty(step))
    yield from _format_line("prompt", _format_prompt(step), divider="; ")


def _shorten(field: str) -> str:
    """Return the last part of a field's name: ``sentiment`` of ``relationships[].sentiment``."""
    return field.rpartition(".")[2]


def _format_empty(step: Mapping[str, Any]) -> list[str]:
    empty, left_out = step.get("empty", {}), step.get("left_out_by_balance")
    told = [f"{empty['share']:.0%} of the answers to train on"] if empty.get("train") else []
    return [*told, f"{left_out:,} left out by balance"] if left_out else told


def _format_prompt(step: Mapping[str, Any]) -> Iterator[str]:
    prompt, tokens = step.get("prompt", {}), step.get("tokens")
    if prompt.get("mean_chars"):
        yield f"{prompt['mean_chars']:,.0f} characters on average, {prompt['static_share']:.0%} of them the same in all"
    if tokens:
        yield f"{_format_lengths(tokens['prompt'])} tokens of {tokens['model']}, {tokens['static_share']:.0%} the same"
        yield f"answer {_format_lengths(tokens['answer'])} tokens"


def _format_lengths(lengths: Mapping[str, float]) -> str:
    return f"{lengths['min']:,} to {lengths['max']:,} (median {lengths['median']:,}, 95 % up to {lengths['p95']:,})"


def _format_split(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{sizes[split]:,} {split}" for split in SPLITS)


def _format_counts(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} {count:,}" for name, count in counts.items()]


def _cut(parts: Sequence[str], shown: int = _SHOWN) -> list[str]:
    return [*parts[:shown], f"{len(parts) - shown} more"] if len(parts) > shown else [*parts]


def _format_line(title: str, parts: Iterator[str] | Sequence[str], *, note: str = "", divider: str = ", ") -> list[str]:
    told = divider.join(parts)
    return [f"  {title:<10} {told}{f' ({note})' if note else ''}"] if told else []
