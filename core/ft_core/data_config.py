"""What decides which examples the tales give, and on which side of the split they are."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DataConfig"]


class DataConfig(BaseModel):
    """The settings of preparing training data; every field is a flag of ``ft-core prepare`` and of ``ft-core train``."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), allow_inf_nan=False)

    seed: int = Field(3407, ge=0, lt=2**32, description="seed of the split, of every other choice, and of the adapters")
    val_fraction: float = Field(0.1, ge=0, lt=1, description="share of the tales for validation")
    test_fraction: float = Field(0.1, ge=0, lt=1, description="share of the tales for the final test")
    test_tales: str | None = Field(None, description="file with one tale id a line: the test tales, instead of a share")
    folds: int | None = Field(None, ge=2, description="number of parts for cross-validation; the test tales are one of them")
    fold: int | None = Field(None, ge=1, description="which of the folds is the test, counted from 1")
    leaks: Literal["move", "refuse", "off"] = Field(
        "move",
        description="tales that are the same tale but would be split: move them together, refuse to go on, or do not look",
    )
    stac_dir: tuple[str, ...] | None = Field(None, description="folders with STAC sidecars, searched with all below them")
    stac_min_fields: int = Field(1, ge=1, le=4, description="heads that a STAC record must fill to be learnt from")
    stac_cuts: int = Field(
        0,
        ge=0,
        le=100,
        description="times that the sentences of each training tale are cut anew into segments with a STAC record",
    )
    texts_dir: tuple[str, ...] | None = Field(
        None, description="folders with the tales' texts, which offsets refer to; unset: texts beside each tale's folder"
    )
    summaries: tuple[str, ...] | None = Field(None, description="CSV files with one summary a tale")
    summary_dropout: float = Field(
        0.0, ge=0, le=1, description="share of the training examples whose prompt has no summary, chosen by the seed"
    )
    retellings: tuple[str, ...] | None = Field(
        None, description="folders with retellings of annotated tales, which take over their labels"
    )
    retelling_weight: float = Field(
        1.0, ge=0, le=1, description="share of the retellings' examples that is trained on, chosen by the seed"
    )
    balance: float | None = Field(
        None, gt=0, lt=1, description="largest share of empty answers among a step's training examples, kept by the seed"
    )
    prompts_module: str | None = Field(
        None,
        min_length=1,
        description="module with the prompts of your own pipeline, read by ft-full-detection; unset: FT_PROMPTS_MODULE, or "
        "llm_model.full_detection.prompts",
    )
    without_rules: tuple[str, ...] | None = Field(None, description="repair rules that are switched off, by name")

    def list_contradictions(self) -> list[str]:
        """Return what is wrong with the settings taken together."""
        problems = []
        if self.val_fraction + self.test_fraction >= 1:
            problems.append("val_fraction and test_fraction leave no tale to train on; their sum must be below 1.")
        if (self.folds is None) != (self.fold is None):
            problems.append("folds and fold go together: how many parts there are, and which one is the test.")
        if self.folds is not None and self.fold is not None and self.fold > self.folds:
            problems.append(f"fold: there are only {self.folds} folds, so it must be 1 to {self.folds}, not {self.fold}.")
        if self.folds is not None and self.test_tales is not None:
            problems.append("folds and test_tales both name the test tales; give one of the two.")
        if self.stac_cuts and not self.stac_dir:
            problems.append("stac_cuts: it cuts the sentences of STAC sidecars; say with stac_dir where they are.")
        return problems
