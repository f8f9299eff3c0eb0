"""Writing one annotated tale: its files, and its provenance last, so that a tale is finished or is not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ft_core.atomic import write_text
from ft_core.engine.run_file import installed_versions
from ft_core.infer.annotate.reading.open_tale import OpenTale
from ft_core.infer.annotate.setting import AnnotationSettings
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.annotate.writing.finished_tale import DONE, WRITING, hash_text
from ft_core.infer.annotate.writing.layout import make_files, name_provenance
from ft_core.infer.annotate.writing.provenance import describe_answers
from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["EMBEDDED_KEY", "write_annotated"]

EMBEDDED_KEY = "_provenance"
"""Where an event keeps its provenance, among its annotations; no step can have this name."""

_FORMAT = 1


def write_annotated(
    tale: OpenTale,
    results: Sequence[PipelineResult],
    run: TrainedRun,
    settings: AnnotationSettings,
    *,
    made_from: Mapping[str, Any],
    folder: Path,
    drift: Sequence[str] = (),
) -> dict[str, Any]:
    """Write an annotated tale, and return its provenance.

    Args:
        tale: the tale, all steps done.
        results: what became of each question.
        run: who answered.
        settings: how it is written.
        made_from: what decides the result: input, run and settings.
        folder: the output folder.
        drift: what was not as it was when the adapters were trained.

    Raises:
        OutputError: a file cannot be written.
        TaleError: two events have one id.
    """
    summary = tale.story.summary
    tale.settle()
    answers = describe_answers(results)
    if settings.embed:
        for event in tale.story.events:
            event.annotations = {**event.annotations, EMBEDDED_KEY: answers.get(event.id, {})}
    files = make_files(tale.story, settings.layout, embed=settings.embed, model=run.base)
    record = {
        "format": _FORMAT,
        "story": tale.story.id,
        "status": WRITING,
        "source": tale.found.source,
        "made_from": made_from,
        "drift": list(drift),
        "segments": tale.segmenting,
        "summary": {"origin": tale.summary_origin, "text": "" if tale.summary_origin == "tale" else summary},
        "files": {name: hash_text(text) for name, text in files.texts.items()},
        "versions": installed_versions(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": answers,
    }
    if settings.layout == "tool" and not settings.embed:
        annotations = {event.id: event.annotations for event in tale.story.events if event.annotations}
        record |= {"annotations": annotations, "not_in_the_tools_file": files.beside}
    record["read_otherwise"] = files.read_otherwise
    place = folder / name_provenance(tale.story.id)
    _write(place, record)  # whoever finds the files without their provenance would take them for somebody's own
    for name, text in files.texts.items():
        write_text(folder / name, text)
    record["status"] = DONE
    _write(place, record)
    return record


def _write(path: Path, record: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
