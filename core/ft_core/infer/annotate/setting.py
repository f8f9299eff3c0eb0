"""What decides how tales are annotated and written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from ft_core.infer.annotate.segment.segmentation import Segmentation

__all__ = ["LAYOUTS", "ROSTERS", "AnnotationSettings", "Layout", "Roster"]

Layout: TypeAlias = Literal["flat", "tool"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

Roster: TypeAlias = Literal["known", "full", "none"]
ROSTERS: tuple[Roster, ...] = get_args(Roster)


@dataclass(frozen=True, slots=True)
class AnnotationSettings:
    """How tales are annotated; another value of any of these may give another result.

    Attributes:
        layout: ``flat`` writes a file a tale; ``tool`` what the annotation tool keeps, and the rest beside it.
        embed: whether records of STAC, further annotations and provenance stand in the events.
        segmentation: how tales without segments are divided.
        roster: which characters the search for characters starts from: those that earlier events name, all that the file
            lists, or none.
        overwrite_labels: whether labels that are there are replaced.
        summarise: whether the base model summarises tales that have no summary.
        constrained: whether only answers of a step's output schema can be given.
    """

    layout: Layout = "flat"
    embed: bool = False
    segmentation: Segmentation = field(default_factory=Segmentation)
    roster: Roster = "known"
    overwrite_labels: bool = False
    summarise: bool = False
    constrained: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return them as a JSON object."""
        return asdict(self)
