"""Reading back a folder of prepared JSONL files: one that ft-core wrote, or the users' older tool."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ft_core.corpus.manifest import MANIFEST
from ft_core.corpus.manifest_check import CheckedFile, CheckedManifest, CheckedStep, ManifestError, check_manifest
from ft_core.corpus.prepared_row import as_example, read_rows
from ft_core.corpus.training_data import SPLITS, Split, StepData, TrainingData
from ft_core.discovery import STEP_NAME
from ft_core.errors import PreparedDataError
from ft_core.example import TrainingText
from ft_core.suggestion import did_you_mean

__all__ = ["read_prepared"]

_TRAIN_SUFFIX = "_train.jsonl"
_STALE = f"its files are of another split or of other tales than those of {MANIFEST}; prepare it again"

logger = logging.getLogger(__name__)


def read_prepared(folder: str | Path, steps: Sequence[str] | None = None) -> TrainingData:
    """Read what ``ft-core prepare`` wrote, or a folder of ``{step}_train.jsonl`` files with the same three keys.

    With ``manifest.json`` the prompts, tales and splits are those that were written. Without one the whole instruction,
    and the input after a blank line, is the user's turn; a line's story is its file and its event the line.

    Args:
        folder: the prepared folder.
        steps: the steps to read, None for all that are there.

    Raises:
        PreparedDataError: a file is missing, cannot be read, has bad lines, or is not the one that the manifest knows.
    """
    place = Path(folder)
    if not place.is_dir():
        raise PreparedDataError(f"There is no prepared folder {place}. Make one with `ft-core prepare --output-dir {place}`.")
    if not (place / MANIFEST).exists():
        there = _list_train_files(place)
        data = {name: _read_foreign(place, name) for name in _choose(place, there, steps)}
        content = _hash_files(place, there)
        return TrainingData(data, str(place), content, content)
    try:
        return _read_own(place, check_manifest(_read_bytes(place / MANIFEST)), steps)
    except ManifestError as error:
        raise PreparedDataError(f"{place / MANIFEST} cannot be used: {error}. Prepare the folder again.") from error


def _read_own(folder: Path, manifest: CheckedManifest, steps: Sequence[str] | None) -> TrainingData:
    known = manifest.steps
    stale = [name for name in _list_train_files(folder) if name not in known]
    for name in stale if steps is None else ():
        logger.warning("%s: left out: %s: %s.", folder, name, _STALE)
    data = {name: _read_own_step(folder, known[name]) for name in _choose(folder, list(known), steps, stale)}
    tales: dict[Split, tuple[str, ...]] = {split: tuple(getattr(manifest.tales, split)) for split in SPLITS}
    hashes = {story_id: (each.content, each.text) for story_id, each in manifest.hashes.items()}
    return TrainingData(data, str(folder), manifest.data_hash, manifest.split_hash, tales, hashes)


def _read_own_step(folder: Path, step: CheckedStep) -> StepData:
    train, val, test = (_read_own_file(folder, getattr(step.files, split)) for split in SPLITS)
    skipped = dict(Counter(item.reason for item in step.skipped))
    return StepData(train, val, test, tuple(map(as_example, train)), skipped)


def _read_own_file(folder: Path, entry: CheckedFile) -> tuple[TrainingText, ...]:
    path = folder / Path(entry.file).name  # a manifest names files of its own folder only
    data = _read_bytes(path)
    rows = read_rows(path, data)
    if hashlib.sha256(data).hexdigest() != entry.sha256 or len(rows) != len(entry.lines):
        raise PreparedDataError(
            f"{path} is not the file that {MANIFEST} beside it knows: {len(rows)} lines, where {len(entry.lines)} were "
            f"written, or another text. Prepare the folder again, or remove {MANIFEST} to train on the files as they are."
        )
    pairs = list(zip(rows, entry.lines, strict=True))
    for row, line in pairs:
        if line.system_chars > len(row.instruction):
            raise ManifestError(
                f"the system text of {path.name}, line {row.number}, is said to have {line.system_chars} characters, while the "
                f"whole instruction has {len(row.instruction)}"
            )
    return tuple(row.as_text(line.story, line.event, line.system_chars, line.inputs) for row, line in pairs)


def _hash_files(folder: Path, steps: Sequence[str]) -> str:
    """Hash the files of all steps, those too that are not read now, so that a step can be added to a run later."""
    paths = [folder / f"{step}_{split}.jsonl" for step in sorted(steps) for split in SPLITS]
    parts = [f"{path.name} {hashlib.sha256(_read_bytes(path)).hexdigest()}" for path in paths if path.exists()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read_foreign(folder: Path, step: str) -> StepData:
    train, val, test = (_read_foreign_file(folder / f"{step}_{split}.jsonl", split) for split in SPLITS)
    return StepData(train, val, test, tuple(map(as_example, train)))


def _read_foreign_file(path: Path, split: Split) -> tuple[TrainingText, ...]:
    if split != "train" and not path.exists():
        return ()
    return tuple(row.as_text(path.name, f"line {row.number}") for row in read_rows(path, _read_bytes(path)))


def _list_train_files(folder: Path) -> list[str]:
    names = (path.name.removesuffix(_TRAIN_SUFFIX) for path in folder.iterdir() if path.name.endswith(_TRAIN_SUFFIX))
    return sorted(name for name in names if STEP_NAME.fullmatch(name))


def _choose(folder: Path, there: Sequence[str], steps: Sequence[str] | None, stale: Iterable[str] = ()) -> list[str]:
    for name in steps or ():
        if name in stale:
            raise PreparedDataError(f"{folder} holds the step {name!r}, but {_STALE}.")
    if not there:
        raise PreparedDataError(
            f"{folder} holds no prepared step: neither {MANIFEST} with steps nor a file {{step}}_train.jsonl."
        )
    for name in steps or ():
        if name not in there:
            raise PreparedDataError(
                f"{folder} holds no step {name!r}.{did_you_mean(name, there)} It holds: {', '.join(sorted(there))}."
            )
    return list(dict.fromkeys(steps or there))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PreparedDataError(f"{path} cannot be read: {error.strerror or error}. Prepare the folder again.") from error
