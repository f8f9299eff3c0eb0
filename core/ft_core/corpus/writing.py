"""Writing prepared training data as JSONL files that the users' tools read, with a manifest and a report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ft_core.atomic import write_text
from ft_core.corpus.manifest import FORMAT, MANIFEST, REPORT, keep_earlier_steps, read_record
from ft_core.corpus.preparation import Preparation, PreparedStep
from ft_core.corpus.report import build_report
from ft_core.corpus.training_data import SPLITS
from ft_core.example import Example

__all__ = ["write_prepared"]


def write_prepared(preparation: Preparation, folder: Path) -> None:
    """Write ``{step}_{train,val,test}.jsonl`` of each step, ``manifest.json`` and ``report.json``.

    Files of steps that are not prepared now stay; where they come from the same tales and split, they stay in manifest and
    report too.
    The manifest is written last: after a crash its hashes tell that the files are not those it knows.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    files = {name: _write_step(preparation, name, folder) for name in preparation.steps}
    _write_record(folder / REPORT, build_report(preparation))
    _write_record(folder / MANIFEST, _build_manifest(preparation, files))


def _write_step(preparation: Preparation, step: str, folder: Path) -> dict[str, Any]:
    return {split: _write_split(preparation.list_examples(step, split), folder / f"{step}_{split}.jsonl") for split in SPLITS}


def _write_split(examples: Sequence[Example], path: Path) -> dict[str, Any]:
    text = "".join(json.dumps(example.as_row(), ensure_ascii=False) + "\n" for example in examples)
    write_text(path, text)
    lines = [
        {"story": example.story_id, "event": example.event_id, "system_chars": _count_system(example)} for example in examples
    ]
    return {"file": path.name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "lines": lines}


def _count_system(example: Example) -> int:
    return len(example.prompt.system) if example.prompt else 0


def _build_manifest(preparation: Preparation, files: Mapping[str, Any]) -> dict[str, Any]:
    tales = preparation.tales
    return {
        "format": FORMAT,
        "seed": preparation.seed,
        "data_hash": preparation.data_hash,
        "split_hash": preparation.split_hash,
        "tales": preparation.list_tales(),
        "steps": {
            name: {
                "distribution": step.distribution,
                "version": step.version,
                "files": files[name],
                "skipped": _list_skipped(preparation, step),
            }
            for name, step in preparation.steps.items()
        },
        "repairs": [repair.as_json() for repair in tales.repairs],
        "refusals": [refusal.as_json() for refusal in tales.refusals],
        "left_out": tales.left_out,
    }


def _list_skipped(preparation: Preparation, step: PreparedStep) -> list[dict[str, str]]:
    sources = {story.id: story.source for story in preparation.tales.stories}
    return [
        {
            "file": sources[item.story_id],
            "story": item.story_id,
            "event": item.event_id,
            "path": item.path,
            "reason": item.reason,
            "step": step.name,
        }
        for item in step.skipped
    ]


def _write_record(path: Path, record: dict[str, Any]) -> None:
    whole = keep_earlier_steps(read_record(path), record)
    write_text(path, json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
