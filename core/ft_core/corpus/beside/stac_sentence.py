"""What a STAC sidecar says: the sentences of a tale with a category each, and which of them cannot be learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.beside.stac_structure import refuse_bad_sidecar
from ft_core.corpus.reading.document import decode_document
from ft_core.corpus.reading.record import Refusal
from ft_core.story import STAC_HEADS, Stac
from ft_core.suggestion import did_you_mean

__all__ = ["Sidecar", "StacSentence", "parse_sidecar"]

_FAILED = "Error:"
_QUOTED = 80
"""How many characters of a value a message quotes."""


@dataclass(frozen=True, slots=True)
class StacSentence:
    """A sentence of a tale.

    Attributes:
        path: JSON path of its text in the sidecar.
        index: its number in the sidecar.
        text: the sentence, not blank.
        head: its category, ``""`` where it has none that can be used.
    """

    path: str
    index: int
    text: str
    head: str


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A sidecar that was read.

    Attributes:
        source: its name in messages and records.
        model: the language model that it says it was written by, or ``""``.
        count: how many sentences it has.
        sentences: those that are not blank, in the order of the text.
        problems: why sentences are blank or have no category.
        records: whole records by the ids of their events, as ``ft-core annotate`` writes them.
    """

    source: str
    model: str
    count: int
    sentences: tuple[StacSentence, ...]
    problems: tuple[Refusal, ...]
    records: Mapping[str, Stac] = field(default_factory=dict)


def parse_sidecar(data: bytes, source: str) -> Sidecar:
    """Read the bytes of a sidecar; ``source`` is its name in what is said of it.

    A category counts in any letter case. One that stands in for the answer of a model that failed counts for none: the
    ``explanation`` beside it, which begins with ``Error:``, says so, and nobody looked at the sentence.

    Raises:
        RefusedError: it is not JSON in UTF-8, or not built as a sidecar is; all problems are told.
    """
    document = decode_document(data, source)
    refuse_bad_sidecar(document, source)
    sentences: list[StacSentence] = []
    raw_sentences = document.get("sentences") or []
    records = {event_id: _read_record(raw) for event_id, raw in (document.get("event_records") or {}).items()}
    problems = []
    if not raw_sentences and not records:
        problems.append(Refusal(source, "$.sentences", "is empty, so no sentence has a category"))
    for number, raw in enumerate(raw_sentences):
        path = f"$.sentences[{number}]"
        text = raw.get("sentence") or ""
        if not text.strip():
            problems.append(Refusal(source, f"{path}.sentence", "is blank, so its place in the tale is not known"))
            continue
        head, place, reason = _read_head(raw)
        if reason:
            problems.append(Refusal(source, path + place, reason))
        index = raw.get("sentence_index")
        sentences.append(StacSentence(f"{path}.sentence", number + 1 if index is None else index, text, head))
    model = document.get("model") or ""
    return Sidecar(source, model, len(raw_sentences), tuple(sentences), tuple(problems), records)


def _read_record(raw: Mapping[str, Any]) -> Stac:
    return Stac(**{head: (raw.get(head) or "").strip() for head in STAC_HEADS})


def _read_head(raw: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the category, or ``""``, the JSON path below the sentence and the reason why there is none."""
    analysis = raw.get("analysis")
    if analysis is None:
        error = raw.get("error")
        return "", ".analysis", "is null, so the sentence has no category" + (f": {_quote(error)}" if error else "")
    explanation = (analysis.get("explanation") or "").strip()
    if explanation.startswith(_FAILED):
        reason = "the category stands in for an answer that failed, so nobody chose it"
        return "", ".analysis", f"{reason}: {_quote(explanation.removeprefix(_FAILED).strip())}"
    written = analysis.get("stac_category") or ""
    head = written.strip().casefold()
    if head in STAC_HEADS:
        return head, "", ""
    if not head:
        return "", ".analysis.stac_category", "is blank, so the sentence has no category"
    suggestion = did_you_mean(written, STAC_HEADS)
    reason = f"{_quote(written)!r} is no STAC category.{suggestion} The categories are: {', '.join(STAC_HEADS)}."
    return "", ".analysis.stac_category", reason


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"
