"""What else is known of the tales while each is prepared: settings, splits, and what lies beside the tales' files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ft_core.corpus.beside.retelling import Retellings
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.training_data import Split
from ft_core.data_config import DataConfig

__all__ = ["PreparationContext"]


@dataclass(frozen=True, slots=True)
class PreparationContext:
    """Sent to every worker process; grows by no more than a few hundred bytes a tale.

    Attributes:
        config: the settings.
        rules: the repairs that are made.
        splits: the split of each tale, by id.
        sources: the file (or file and line) of each tale that is used, with a hash of the bytes that were surveyed.
        sidecars: STAC sidecars by tale id.
        texts: the texts that offsets refer to.
        summaries: summaries from CSV files.
        retellings: other wordings of the tales.
    """

    config: DataConfig
    rules: Rules
    splits: Mapping[str, Split]
    sources: Mapping[str, bytes]
    sidecars: StacSidecars
    texts: TaleTexts
    summaries: Summaries
    retellings: Retellings
