"""Whose work an output folder holds: the tales in it are of one run, or of adapters that this one shares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.manifest import read_record
from ft_core.errors import RunMismatchError
from ft_core.infer.annotate.writing.layout import PROVENANCE_FOLDER
from ft_core.infer.annotate.writing.origin_change import describe_run_changes

__all__ = ["OtherTale", "find_other_tales", "name_some", "refuse_other_run"]

_NAMED = 3  # tales that are named, of many


@dataclass(frozen=True, slots=True)
class OtherTale:
    """A tale in an output folder that another run annotated.

    Attributes:
        story_id: its id.
        changes: what that run had otherwise.
        day: when it was annotated, ``2026-11-26``; ``""`` where that is not known.
    """

    story_id: str
    changes: tuple[str, ...]
    day: str = ""


def find_other_tales(folder: Path, run: Mapping[str, Any], but: Collection[str] = ()) -> list[OtherTale]:
    """Return the tales in a folder whose provenance names another base model, adapter or version of a step.

    Args:
        folder: an output folder, which need not be there.
        run: what would annotate now, as :meth:`TrainedRun.as_json` has it.
        but: ids of tales that are passed over.
    """
    found = []
    for record in _read_records(folder):
        changes = describe_run_changes(record["made_from"].get("run") or {}, run)
        story_id = str(record.get("story"))
        if changes and story_id not in but:
            found.append(OtherTale(story_id, tuple(changes), str(record.get("time") or "")[:10]))
    return found


def refuse_other_run(folder: Path, tales: Sequence[OtherTale], run: Path) -> None:
    """Refuse to add tales to a folder that holds those of another run.

    Args:
        folder: the output folder.
        tales: those of another run.
        run: the folder of the run that would annotate.

    Raises:
        RunMismatchError: there are such tales; it tells what differs, and what to do.
    """
    if not tales:
        return
    days = sorted({tale.day for tale in tales if tale.day})
    when = f", annotated {days[0]}{f' to {days[-1]}' if len(days) > 1 else ''}" if days else ""
    changes = list(dict.fromkeys(change for tale in tales for change in tale.changes))
    lines = "\n".join(f"  {change}" for change in changes)
    raise RunMismatchError(
        f"{folder} holds {_count(tales)} of another run than {run} is now ({name_some(tales)}{when}):\n{lines}\n"
        f"Nothing was written. Choose another --output-dir for this run, or give --overwrite, which annotates the tales that "
        f"you name again and replaces what is there of them."
    )


def name_some(tales: Sequence[OtherTale]) -> str:
    """Return the ids of some tales for a message, the first few of many."""
    names = ", ".join(tale.story_id for tale in tales[:_NAMED])
    return f"{names} and {len(tales) - _NAMED} more" if len(tales) > _NAMED else names


def _count(tales: Sequence[OtherTale]) -> str:
    return f"{len(tales)} tale{'s' if len(tales) > 1 else ''}"


def _read_records(folder: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((folder / PROVENANCE_FOLDER).glob("*_provenance.json")):
        record = read_record(path)
        if record is not None and isinstance(record.get("made_from"), dict):
            yield record
