"""The manifest of a prepared folder with the types that reading relies on; what does not have them is told with its place."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, NonNegativeInt, ValidationError

from ft_core.corpus.manifest import FORMAT
from ft_core.discovery import STEP_NAME

__all__ = ["CheckedFile", "CheckedManifest", "CheckedStep", "ManifestError", "check_manifest"]


class ManifestError(Exception):
    """A manifest cannot be used; its text says where and why. It never leaves ``ft_core.corpus``."""


def _check_format(number: int) -> int:
    if number != FORMAT:
        raise ValueError(f"this release reads format {FORMAT}, not {number}")
    return number


def _check_step_name(name: str) -> str:
    if STEP_NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name of a step, which is made of a-z, 0-9 and _")
    return name


class _Line(BaseModel):
    """Where a line comes from, and its inputs that hold something and that do not; older manifests do not name these."""

    story: str
    event: str
    system_chars: NonNegativeInt
    filled: list[str] = Field(default_factory=list)
    blank: list[str] = Field(default_factory=list)

    @property
    def inputs(self) -> dict[str, bool]:
        """Whether each input holds something."""
        return dict.fromkeys(self.blank, False) | dict.fromkeys(self.filled, True)


class CheckedFile(BaseModel):
    """One JSONL file: its name, the hash of its bytes, and where each line comes from."""

    file: str
    sha256: str
    lines: list[_Line]


class _Files(BaseModel):
    train: CheckedFile
    val: CheckedFile
    test: CheckedFile


class _SkippedEvent(BaseModel):
    reason: str


class CheckedStep(BaseModel):
    """One prepared step."""

    files: _Files
    skipped: list[_SkippedEvent]


class _Tales(BaseModel):
    train: list[str]
    val: list[str]
    test: list[str]


class _TaleHashes(BaseModel):
    """SHA-256 of a tale's JSON content, and a hash of its text, ``""`` where none was made."""

    content: str
    text: str = ""


class CheckedManifest(BaseModel):
    """What reading a prepared folder needs of its manifest; more keys are welcome.

    ``hashes`` is by tale id, and empty in manifests of older releases.
    """

    format: Annotated[int, AfterValidator(_check_format)]
    data_hash: str
    split_hash: str
    tales: _Tales
    steps: dict[Annotated[str, AfterValidator(_check_step_name)], CheckedStep]
    hashes: dict[str, _TaleHashes] = Field(default_factory=dict)


def check_manifest(data: bytes) -> CheckedManifest:
    """Read a manifest.

    Raises:
        ManifestError: it is not JSON, of another format, or not built as this format is.
    """
    try:
        return CheckedManifest.model_validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise ManifestError(f"${place}: {first['msg'].removeprefix('Value error, ')}") from error
