"""Whether a tale is annotated already: finished, begun, or annotated with something else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ft_core.corpus.manifest import read_record
from ft_core.infer.annotate.writing.layout import name_provenance
from ft_core.infer.annotate.writing.origin_change import describe_changes

__all__ = ["DONE", "WRITING", "Standing", "find_standing", "hash_text"]

DONE, WRITING = "done", "writing"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tale stands.

    Attributes:
        kind: ``new`` is annotated; ``done`` was; ``edited`` was, and somebody has changed its file since; ``other`` was
            annotated with something else or by somebody else.
        reason: what is different, for people.
        record: the provenance that is there.
    """

    kind: Literal["new", "done", "edited", "other"]
    reason: str = ""
    record: Mapping[str, Any] | None = None


def find_standing(
    folder: Path, story_id: str, names: Sequence[str], made_from: Mapping[str, Any], *, allow_drift: bool = False
) -> Standing:
    """Look at what an output folder has of a tale.

    Args:
        folder: the output folder.
        story_id: the tale.
        names: the files that may be written for it, relative to the folder.
        made_from: what it would be made from now.
        allow_drift: whether it may be of adapters that were used although something had changed since their training.
    """
    record = read_record(folder / name_provenance(story_id))
    if record is None or not isinstance(record.get("made_from"), dict):
        there = [name for name in (*names, name_provenance(story_id)) if (folder / name).exists()]
        return Standing("other", f"{there[0]} is there and was not written by ft-core annotate") if there else Standing("new")
    changed = describe_changes(record["made_from"], made_from)
    if changed:
        return Standing("other", f"it was annotated otherwise ({'; '.join(changed)})", record)
    if record.get("drift") and not allow_drift:
        return Standing("other", f"it was annotated with --allow-drift ({record['drift'][0]})", record)
    if record.get("status") != DONE:
        return Standing("new")
    edited = [name for name, digest in record["files"].items() if _hash_file(folder / name) not in {digest, None}]
    if edited:
        return Standing("edited", f"{', '.join(edited)} was changed since", record)
    missing = any(not (folder / name).is_file() for name in record["files"])
    return Standing("new") if missing else Standing("done", "", record)


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_file(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
