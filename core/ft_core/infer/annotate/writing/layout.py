"""Which files an annotated tale is written into."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.reading.record import Repair
from ft_core.corpus.reading.v3 import read_v3
from ft_core.corpus.rewriting.tale_writing import as_v3
from ft_core.infer.annotate.setting import Layout
from ft_core.infer.annotate.writing.stac_file import make_stac_file
from ft_core.infer.annotate.writing.tool_file import keep_known
from ft_core.story import Story

__all__ = ["PROVENANCE_FOLDER", "REPORT_FILE", "TaleFiles", "list_file_names", "make_files", "name_provenance"]

PROVENANCE_FOLDER = "provenance"

REPORT_FILE = "annotation.json"

_OF_AN_EVENT = re.compile(r"\$\.narrative_events\[\d+\]\.(stac|annotations)")


@dataclass(frozen=True, slots=True)
class TaleFiles:
    """An annotated tale as files.

    Attributes:
        texts: what is written, by path relative to the output folder.
        beside: what the tale's own file cannot hold in this layout, by JSON path; it is kept with the provenance.
        read_otherwise: values that reading the file again would repair, for instance a description that copies the segment.
    """

    texts: Mapping[str, str]
    beside: Mapping[str, Any] = field(default_factory=dict)
    read_otherwise: tuple[Mapping[str, Any], ...] = ()


def name_provenance(story_id: str) -> str:
    """Return the path of a tale's provenance, relative to the output folder."""
    return f"{PROVENANCE_FOLDER}/{story_id}_provenance.json"


def list_file_names(story_id: str, layout: Layout) -> tuple[str, ...]:
    """Return the paths of all files that may be written for a tale, its own first, without the provenance."""
    if layout == "flat":
        return (f"{story_id}_v3.json",)
    return f"json_v3/{story_id}_v3.json", f"texts/{story_id}.txt", f"stac_annotations/{story_id}_stac.json"


def make_files(story: Story, layout: Layout, *, embed: bool, model: str) -> TaleFiles:
    """Lay out a tale.

    Args:
        story: the annotated tale.
        layout: ``flat`` or ``tool``.
        embed: whether the tool's file keeps, in the events, what the tool does not know.
        model: the base model, named in the STAC sidecar.
    """
    document = as_v3(story)
    otherwise = tuple(repair.as_json() for repair in _find_new_repairs(document, story))
    names = list_file_names(story.id, layout)
    if layout == "flat":
        return TaleFiles({names[0]: _dump(document)}, {}, otherwise)
    known, beside = keep_known(document)
    texts = {names[0]: _dump(_merge(known, document) if embed else known)}
    if story.text:
        texts[names[1]] = story.text
    sidecar = None if embed else make_stac_file(story, model)
    if sidecar is not None:
        texts[names[2]] = _dump(sidecar)
    # The events' own records and annotations are kept by event, not by their place in the file.
    others = {path: value for path, value in beside.items() if not _OF_AN_EVENT.fullmatch(path)}
    return TaleFiles(texts, {} if embed else others, otherwise)


def _merge(known: Any, whole: Any) -> Any:
    """Return a value as a whole, with the tool's keys added where it lacks them."""
    if isinstance(known, dict) and isinstance(whole, dict):
        return {key: _merge(known.get(key), whole.get(key)) for key in {**known, **whole}}
    if isinstance(known, list) and isinstance(whole, list):
        return [_merge(*each) for each in zip(known, whole, strict=True)]
    return known if whole is None else whole


def _find_new_repairs(document: Mapping[str, Any], story: Story) -> list[Repair]:
    """Return the repairs that reading the written tale makes and reading it before did not."""
    before = read_v3(story.document, story.source)[1] if story.document is not None else []
    known = {(repair.path, repair.rule) for repair in before}
    return [repair for repair in read_v3(document, story.source)[1] if (repair.path, repair.rule) not in known]


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
