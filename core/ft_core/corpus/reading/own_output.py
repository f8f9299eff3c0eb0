"""What ft-core itself wrote into a folder, so that it is not read as tales where an output folder lies among them.

A folder is known by its record: ``manifest.json`` of prepared data, ``run.json`` of a training, ``annotation.json`` of tales
that ft-core annotated. Only what belongs to the record is left out, so that tales that lie beside it are read.
"""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from ft_core.corpus.manifest import MANIFEST, REPORT, read_record
from ft_core.corpus.training_data import SPLITS

__all__ = ["is_annotated_folder", "list_own_output"]

_RUN = "run.json"
_RUN_KEYS = {"base", "data", "seed", "steps"}
_ANNOTATION, _PROVENANCE = "annotation.json", "provenance"
_ANNOTATION_KEYS = {"format", "run", "settings", "tales", "steps"}
_MANIFEST_KEYS = {"format", "data_hash", "split_hash", "steps"}


def list_own_output(folder: Path) -> Set[str]:
    """Return the names of the files and folders in a folder that are ft-core's own, those that may be there included.

    Of prepared data these are the manifest, the report and the files of each step; of a run its record and the folder of
    each step; of annotated tales the record and the folder with their provenance, but not the tales.
    """
    names: set[str] = set()
    manifest = read_record(folder / MANIFEST) or {}
    if manifest.keys() >= _MANIFEST_KEYS and isinstance(manifest["steps"], dict):
        names |= {MANIFEST, REPORT, *(f"{step}_{split}.jsonl" for step in manifest["steps"] for split in SPLITS)}
    run = read_record(folder / _RUN) or {}
    if run.keys() >= _RUN_KEYS and isinstance(run["steps"], dict):
        names |= {_RUN, *run["steps"]}
    if is_annotated_folder(folder):
        names |= {_ANNOTATION, _PROVENANCE}
    return names


def is_annotated_folder(folder: Path) -> bool:
    """Say whether a folder has the record of a call of ``ft-core annotate``."""
    return (read_record(folder / _ANNOTATION) or {}).keys() >= _ANNOTATION_KEYS
