"""What ``ft-core prepare`` says of a preparation, as one JSON object: counts, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ft_core.corpus.beside_count import BESIDE_COUNTS, Retold, Stac, Summarised
from ft_core.corpus.manifest import FORMAT
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.tally import StepTally, by_split, rank
from ft_core.corpus.training_data import SPLITS

__all__ = ["build_report"]


def build_report(preparation: Preparation, tokens: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the counts of a preparation, as ``report.json`` holds them.

    Of each step, ``examples`` and ``split`` count the tales as annotated, ``retold`` those of retellings and ``cut`` those of
    segments that were cut anew; ``repaired`` counts the repairs of the fields that the step fills.

    Args:
        preparation: what to tell of.
        tokens: lengths in tokens by step, as :class:`ft_core.engine.token_length.TokenRuler` returns them, where they
            were measured.
    """
    tally, survey = preparation.collection.tally, preparation.survey
    return {
        "format": FORMAT,
        "seed": preparation.config.seed,
        "data_hash": preparation.data_hash,
        "split_hash": preparation.split_hash,
        "stories": {
            "read": tally.tales,
            "refused": len({refusal.file for refusal in preparation.refusals}),
            "superseded": len(survey.superseded),
        },
        "events": tally.events,
        "tales": {split: len(ids) for split, ids in preparation.list_tales().items()},
        "versions": dict(sorted(tally.versions.items())),
        "cultures": by_split(tally.cultures),
        "languages": by_split(tally.languages),
        "repaired": rank(tally.repaired),
        "marks": rank(tally.marks),
        **_count_beside(preparation),
        "leaks": preparation.plan.leaks.as_json(),
        "steps": {name: _report_step(preparation, name, (tokens or {}).get(name)) for name in preparation.steps},
        "failed": {name: str(error) for name, error in preparation.failures.items()},
        "refusals": [refusal.as_json() for refusal in preparation.refusals],
        "superseded": [{"file": file, "used": used} for file, used in survey.superseded],
        "left_out": survey.left_out,
    }


def _count_beside(preparation: Preparation) -> dict[str, dict[str, int]]:
    """Return what was counted of STAC records, summaries and retellings, and what of them belongs to no tale."""
    counts = Counter(preparation.collection.tally.counts)
    counts[Summarised.SECTION, Summarised.UNUSED] = len(preparation.list_unused_summaries())
    counts[Retold.SECTION, Retold.UNMATCHED] = len(preparation.list_unmatched_retellings())
    counts[Stac.SECTION, Stac.UNMATCHED] = len(preparation.list_unmatched_sidecars())
    asked = {Stac.CUT} if preparation.config.stac_cuts else set()  # none is worth telling where some were asked for
    return {
        section: {name: count for name in names if (count := counts[section, name]) or name in asked}
        for section, names in BESIDE_COUNTS.items()
    }


def _report_step(preparation: Preparation, name: str, tokens: Mapping[str, Any] | None) -> dict[str, Any]:
    counts = preparation.collection.tally.steps[name]
    return {
        "examples": sum(counts.examples.values()),
        "retold": sum(counts.retold.values()),
        "cut": sum(counts.cut.values()),
        "skipped": rank(+counts.skipped),
        "repaired": rank(counts.repaired),
        "split": {split: counts.examples[split] for split in SPLITS},
        "cultures": by_split(counts.cultures),
        "languages": by_split(counts.languages),
        "labels": {field: rank(+labels) for field, labels in counts.labels.items()},
        "empty": _report_empty(counts),
        "left_out_by_balance": preparation.collection.dropped.get(name, 0),
        "prompt": _report_prompt(counts),
        "tokens": dict(tokens) if tokens else None,
    }


def _report_empty(counts: StepTally) -> dict[str, Any]:
    trained = counts.examples["train"] + counts.retold["train"] + counts.cut["train"]
    share = round(counts.empty["train"] / trained, 4) if trained else 0.0
    return {"share": share, **{split: counts.empty[split] for split in SPLITS}}


def _report_prompt(counts: StepTally) -> dict[str, Any]:
    mean = counts.chars / counts.prompts if counts.prompts else 0.0
    static = len(counts.prefix or "") if counts.prompts > 1 else 0
    return {"mean_chars": round(mean, 1), "static_chars": static, "static_share": round(static / mean, 4) if mean else 0.0}
