"""Whose work an output folder holds: the tales in it are of one run, or of adapters that this one shares, in one layout."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.manifest import read_record
from ft_core.errors import OutputError, RunMismatchError
from ft_core.infer.annotate.setting import Layout
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.annotate.writing.layout import PROVENANCE_FOLDER
from ft_core.infer.annotate.writing.origin_change import describe_run_changes

__all__ = ["check_layout", "check_run"]

_NAMED = 3  # tales that are named, of many


@dataclass(frozen=True, slots=True)
class _OtherTale:
    """A tale of another run: what that had otherwise, and when it annotated (``2026-11-26``, ``""`` if not known)."""

    story_id: str
    changes: tuple[str, ...]
    day: str


def check_run(folder: Path, run: TrainedRun, again: Collection[str] | None = None) -> list[str]:
    """Refuse to add tales to a folder that holds those of another base model, other adapters or other versions of steps.

    Args:
        folder: an output folder, which need not be there.
        run: what would annotate now.
        again: ids of the tales that are annotated again, which allows that others stay; None allows nothing.

    Returns:
        A note that some tales of another run stay, where that is allowed and so.

    Raises:
        RunMismatchError: there are such tales; it tells what differs, and what to do.
    """
    others = [tale for tale in _find_others(folder, run.as_json()) if tale.story_id not in (again or ())]
    if others and again is None:
        raise RunMismatchError(_explain(folder, run.folder, others))
    named = _name_some(others)
    return [f"{folder} keeps tales of another run that this call does not annotate again: {named}"] if others else []


def check_layout(folder: Path, layout: Layout) -> None:
    """Refuse to write tales beside those of another layout: with files of both a tale would be there twice.

    Args:
        folder: an output folder, which need not be there.
        layout: in which tales would be written now.

    Raises:
        OutputError: it has tales in another layout.
    """
    for record, then in _list_origins(folder, "settings"):
        if (other := then.get("layout", layout)) != layout:
            raise OutputError(
                f"{folder} holds {record.get('story')} in the layout {other!r}, which has other files than {layout!r}: a tale "
                f"would be there twice. Nothing was written. Choose another --output-dir, or give --layout {other}."
            )


def _find_others(folder: Path, run: Mapping[str, Any]) -> Iterator[_OtherTale]:
    for record, then in _list_origins(folder, "run"):
        if changes := describe_run_changes(then, run):
            yield _OtherTale(str(record.get("story")), tuple(changes), str(record.get("time") or "")[:10])


def _list_origins(folder: Path, part: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the provenance of each tale with one part of what it was made from, ``run`` or ``settings``."""
    for path in sorted((folder / PROVENANCE_FOLDER).glob("*_provenance.json")):
        record = read_record(path) or {}
        made_from = record.get("made_from")
        then = made_from.get(part) if isinstance(made_from, dict) else None
        if isinstance(then, dict):
            yield record, then


def _explain(folder: Path, run: Path, tales: Sequence[_OtherTale]) -> str:
    days = sorted({tale.day for tale in tales if tale.day})
    when = f", annotated {days[0]}{f' to {days[-1]}' if len(days) > 1 else ''}" if days else ""
    changes = "\n".join(f"  {change}" for change in dict.fromkeys(change for tale in tales for change in tale.changes))
    return (
        f"{folder} holds {len(tales)} tale{'s' if len(tales) > 1 else ''} of another run than {run} is now "
        f"({_name_some(tales)}{when}):\n{changes}\n"
        f"Nothing was written. Choose another --output-dir for this run, or give --overwrite, which annotates the tales that "
        f"you name again and replaces what is there of them."
    )


def _name_some(tales: Sequence[_OtherTale]) -> str:
    names = ", ".join(tale.story_id for tale in tales[:_NAMED])
    return f"{names} and {len(tales) - _NAMED} more" if len(tales) > _NAMED else names
