"""``manifest.json`` and ``report.json`` of a prepared folder, and what stays in them when more steps are prepared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["FORMAT", "MANIFEST", "PAGE", "REPORT", "find_earlier_steps", "read_record"]

FORMAT = 1
"""Of prepared folders; to be raised when files of the old format can no longer be read."""

MANIFEST = "manifest.json"
REPORT = "report.json"
PAGE = "report.html"

_ORIGIN = ("format", "seed", "data_hash", "split_hash")


def read_record(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file, or None where there is none that can be read."""
    if not path.is_file():  # a pipe would be waited for
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def find_earlier_steps(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the steps that only an old manifest or report has, where both are of the same tales and split.

    Steps of other tales are left out: one folder must never be read as one data set when it holds two.
    """
    if old is None or any(old.get(key) != new[key] for key in _ORIGIN) or not isinstance(old.get("steps"), dict):
        return {}
    return {name: step for name, step in old["steps"].items() if name not in new["steps"]}
