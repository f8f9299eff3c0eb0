"""Writing prepared training data as JSONL files that the users' tools read, with a manifest and a report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ft_core.atomic import make_folder, open_complete, write_text
from ft_core.corpus.json_file import write_json
from ft_core.corpus.manifest import FORMAT, MANIFEST, PAGE, REPORT, find_earlier_steps, read_record
from ft_core.corpus.preparation import Preparation, PreparedStep
from ft_core.corpus.reporting.report import build_report
from ft_core.corpus.reporting.report_page import render_page
from ft_core.corpus.training_data import SKIPPED, SPLITS
from ft_core.data_config import DataConfig

__all__ = ["write_prepared"]

_PATHS = {"retellings", "stac_dir", "summaries", "test_tales", "texts_dir"}
_SETTINGS = set(DataConfig.model_fields) - _PATHS
"""What the manifest tells of the settings; where things lie on this machine is not part of the data."""


def write_prepared(preparation: Preparation, folder: Path, tokens: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write ``{step}_{train,val,test}.jsonl`` of each step, ``manifest.json``, ``report.json`` and ``report.html``.

    Files of steps that are not prepared now stay; where they come from the same tales and split, they stay in manifest and
    report too. The manifest is written last: after a crash its hashes tell that the files are not those it knows.

    Args:
        preparation: what to write; its lines are moved, so that it can be written once.
        folder: made where it is not there.
        tokens: lengths in tokens by step, where they were measured.

    Returns:
        The report, with earlier steps.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    make_folder(folder)
    report = build_report(preparation, tokens)
    earlier = find_earlier_steps(read_record(folder / REPORT), report)
    kept = (read_record(folder / MANIFEST) or {}) if earlier else {}
    files = {name: _write_step(preparation, name, folder) for name in preparation.steps}
    report["steps"] = earlier | report["steps"]
    _write_record(folder / REPORT, report)
    write_text(folder / PAGE, render_page(report))
    manifest = _build_manifest(preparation, files)
    manifest["steps"] = find_earlier_steps(kept, manifest) | manifest["steps"]
    _write_record(folder / MANIFEST, manifest)
    return report


def _write_step(preparation: Preparation, step: str, folder: Path) -> dict[str, Any]:
    spool = preparation.collection.spool
    entries: dict[str, Any] = {}
    for split in SPLITS:
        path, rows = folder / f"{step}_{split}.jsonl", spool[f"rows/{step}/{split}"]
        rows.move_to(path)
        entries[split] = {"file": path.name, "sha256": rows.sha256, "lines": spool[f"lines/{step}/{split}"]}
    return entries


def _build_manifest(preparation: Preparation, files: Mapping[str, Any]) -> dict[str, Any]:
    spool, survey = preparation.collection.spool, preparation.survey
    return {
        "format": FORMAT,
        "seed": preparation.config.seed,
        "data_hash": preparation.data_hash,
        "split_hash": preparation.split_hash,
        "settings": preparation.config.model_dump(mode="json", include=_SETTINGS),
        "tales": preparation.list_tales(),
        "hashes": {
            card.story_id: {"content": card.content_hash, "text": card.text_hash.hex()} for card in preparation.survey.cards
        },
        "leaks": preparation.plan.leaks.as_json(),
        "steps": {name: _describe_step(preparation, step, files[name]) for name, step in preparation.steps.items()},
        "repairs": spool["repairs"],
        "stac": spool["stac"],
        "stac_problems": spool["stac_problems"],
        "summaries": spool["summaries"],
        "unused_summaries": preparation.list_unused_summaries(),
        "retellings": spool["retellings"],
        "unmatched": preparation.list_unmatched_retellings() + preparation.list_unmatched_sidecars(),
        "refusals": [refusal.as_json() for refusal in preparation.refusals],
        "superseded": [{"file": file, "used": used} for file, used in survey.superseded],
        "left_out": survey.left_out,
    }


def _describe_step(preparation: Preparation, step: PreparedStep, files: Mapping[str, Any]) -> dict[str, Any]:
    spool = preparation.collection.spool
    return {
        "distribution": step.distribution,
        "version": step.version,
        "files": files,
        **{kind: spool[f"{kind}/{step.name}"] for kind in SKIPPED.values()},
    }


def _write_record(path: Path, record: Mapping[str, Any]) -> None:
    with open_complete(path) as file:
        write_json(file, record)
        file.write(b"\n")
