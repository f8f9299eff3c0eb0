"""``manifest.json`` of a prepared folder: where each line of each file comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["MANIFEST", "merge_manifests", "read_manifest"]

MANIFEST = "manifest.json"

_ORIGIN = ("format", "seed", "data_hash", "split_hash")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, or None where there is none that can be read as a JSON object."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) else None


def merge_manifests(old: Mapping[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """Return the new manifest with the steps that only the old one has, where both are of the same tales and split.

    Steps of other tales are left out: one folder must never be read as one data set when it holds two.
    """
    if old is None or any(old.get(key) != new[key] for key in _ORIGIN) or not isinstance(old.get("steps"), dict):
        return new
    others = {name: step for name, step in old["steps"].items() if name not in new["steps"]}
    return new | {"steps": others | new["steps"]}
