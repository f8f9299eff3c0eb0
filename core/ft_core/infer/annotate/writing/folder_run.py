"""Whose work an output folder holds: the tales in it are of one run, or of adapters that this one shares, in one layout."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.manifest import read_record
from ft_core.corpus.reporting.report_number import count_things
from ft_core.errors import OutputError, RunMismatchError
from ft_core.infer.annotate.setting import Layout
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.annotate.writing.layout import PROVENANCE_FOLDER
from ft_core.infer.annotate.writing.origin_change import describe_run_changes

__all__ = ["check_folder"]

_NAMED = 3  # tales that are named, of many


@dataclass(frozen=True, slots=True)
class _OtherTale:
    """A tale of another run: what that had otherwise, and when it annotated (``2026-11-26``, ``""`` if not known)."""

    story_id: str
    changes: tuple[str, ...]
    day: str


def check_folder(folder: Path, run: TrainedRun, layout: Layout, again: Collection[str] | None = None) -> list[str]:
    """Refuse to add tales to a folder that holds those of another run, or in another layout.

    Another run has another base model, other adapters or other versions of steps. With files of two layouts a tale would be
    there twice.

    Args:
        folder: an output folder, which need not be there.
        run: what would annotate now.
        layout: in which tales would be written now.
        again: ids of the tales that are annotated again, which allows that others of another run stay; None allows nothing.

    Returns:
        A note that some tales of another run stay, where that is allowed and so.

    Raises:
        OutputError: it has tales in another layout.
        RunMismatchError: it has tales of another run; what differs is told, and what to do.
    """
    now, others = run.as_json(), []
    for record, made_from in _list_origins(folder):
        story_id, then, settings = str(record.get("story")), made_from.get("run"), made_from.get("settings")
        if isinstance(settings, dict) and settings.get("layout", layout) != layout:
            raise OutputError(_explain_layout(folder, story_id, settings["layout"], layout))
        if isinstance(then, dict) and story_id not in (again or ()) and (changes := describe_run_changes(then, now)):
            others.append(_OtherTale(story_id, tuple(changes), str(record.get("time") or "")[:10]))
    if others and again is None:
        raise RunMismatchError(_explain(folder, run.folder, others))
    named = _name_some(others)
    return [f"{folder} keeps tales of another run that this call does not annotate again: {named}"] if others else []


def _list_origins(folder: Path) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the provenance of each tale, and what of it decided the result."""
    for path in sorted((folder / PROVENANCE_FOLDER).glob("*_provenance.json")):
        record = read_record(path) or {}
        if isinstance(made_from := record.get("made_from"), dict):
            yield record, made_from


def _explain_layout(folder: Path, story_id: str, then: str, now: Layout) -> str:
    return (
        f"{folder} holds {story_id} in the layout {then!r}, which has other files than {now!r}: a tale would be there twice. "
        f"Nothing was written. Choose another --output-dir, or give --layout {then}."
    )


def _explain(folder: Path, run: Path, tales: Sequence[_OtherTale]) -> str:
    days = sorted({tale.day for tale in tales if tale.day})
    when = f", annotated {days[0]}{f' to {days[-1]}' if len(days) > 1 else ''}" if days else ""
    changes = "\n".join(f"  {change}" for change in dict.fromkeys(change for tale in tales for change in tale.changes))
    return (
        f"{folder} holds {count_things(len(tales), 'tale')} of another run than {run} is now "
        f"({_name_some(tales)}{when}):\n{changes}\n"
        f"Nothing was written. Choose another --output-dir for this run, or give --overwrite, which annotates the tales that "
        f"you name again and replaces what is there of them."
    )


def _name_some(tales: Sequence[_OtherTale]) -> str:
    names = ", ".join(tale.story_id for tale in tales[:_NAMED])
    return f"{names} and {len(tales) - _NAMED} more" if len(tales) > _NAMED else names
