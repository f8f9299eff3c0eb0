"""Which tales are still to be annotated, and which must not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft_core.corpus.reading.record import Refusal
from ft_core.infer.annotate.reading.tale_survey import FoundTale, TaleSurvey
from ft_core.infer.annotate.setting import Layout
from ft_core.infer.annotate.writing.finished_tale import Standing, find_standing
from ft_core.infer.annotate.writing.layout import list_file_names

__all__ = ["SortedTales", "sort_tales"]


@dataclass(slots=True)
class SortedTales:
    """Tales by what is to be done with them.

    Attributes:
        pending: sources of the tales that are to be annotated.
        finished: the provenance of those that are annotated.
        edited: ids of finished tales whose files somebody has changed since.
        refusals: why the others are left alone.
    """

    pending: list[str] = field(default_factory=list)
    finished: list[Mapping[str, Any]] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def sort_tales(
    survey: TaleSurvey,
    folder: Path,
    layout: Layout,
    origin_of: Callable[[FoundTale], Mapping[str, Any]],
    *,
    overwrite: bool = False,
    allow_drift: bool = False,
) -> SortedTales:
    """Look at what the output folder has of each tale.

    Args:
        survey: the tales.
        folder: the output folder.
        layout: of its files.
        origin_of: what a tale would be made from now.
        overwrite: whether tales that were annotated with something else, or changed since, are annotated again.
        allow_drift: whether tales that were annotated with drifted adapters are taken as they are.
    """
    found = SortedTales()
    for tale in survey.tales.values():
        names = list_file_names(tale.story_id, layout)
        standing = find_standing(folder, tale.story_id, names, origin_of(tale), allow_drift=allow_drift)
        _sort(tale, standing, found, overwrite=overwrite)
    return found


def _sort(tale: FoundTale, standing: Standing, found: SortedTales, *, overwrite: bool) -> None:
    if standing.kind == "new" or (overwrite and standing.kind != "done"):
        found.pending.append(tale.source)
    elif standing.record is None or standing.kind == "other":
        reason = f"{standing.reason}; choose another output folder, or annotate it again with --overwrite"
        found.refusals.append(Refusal(tale.source, "$", reason))
    else:
        found.finished.append(standing.record)
        found.edited += [tale.story_id] if standing.kind == "edited" else []
