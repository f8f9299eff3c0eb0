"""What is counted of that which lies beside the tales: by section of the report, and in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ft_core.corpus.beside.stac_labelling import STAC_COUNTS

__all__ = ["BESIDE_COUNTS", "FURTHER", "Retold", "Stac", "Summarised"]


class Stac:
    """STAC records, beside those of :data:`ft_core.corpus.beside.stac_labelling.STAC_COUNTS`."""

    SECTION: Final = "stac"
    CUT: Final = "segments of sentences cut anew"
    UNMATCHED: Final = "sidecars that no tale uses"


class Summarised:
    """Summaries."""

    SECTION: Final = "summaries"
    OWN: Final = "tales with a summary of their own"
    FROM_TABLE: Final = "tales with a summary from a CSV file"
    NONE: Final = "tales without a summary"
    HIDDEN: Final = "events of training tales asked about without their summary"
    UNUSED: Final = "rows of CSV files that gave no summary"


class Retold:
    """Retellings."""

    SECTION: Final = "retellings"
    FILES: Final = "files"
    USED: Final = "used"
    REFUSED: Final = "refused"
    HELD_OUT: Final = "of val and test tales, which stay unused"
    EVENTS: Final = "events with a paragraph"
    WEIGHED: Final = "examples left out by weight"
    UNMATCHED: Final = "files that no tale uses"


FURTHER: Mapping[str, str] = {"retold": "retellings", "cut": "segments cut anew"}
"""What the report calls the further examples of a step, by their key there."""

BESIDE_COUNTS: Mapping[str, tuple[str, ...]] = {
    Stac.SECTION: (*STAC_COUNTS, Stac.CUT, Stac.UNMATCHED),
    Summarised.SECTION: (Summarised.OWN, Summarised.FROM_TABLE, Summarised.NONE, Summarised.HIDDEN, Summarised.UNUSED),
    Retold.SECTION: (
        Retold.FILES, Retold.USED, Retold.REFUSED, Retold.HELD_OUT, Retold.EVENTS, Retold.WEIGHED, Retold.UNMATCHED,
    ),
}  # fmt: skip
"""The counts of each section, in the order in which the report tells them."""
