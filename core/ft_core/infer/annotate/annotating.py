"""Annotating tales: group by group, each tale written as soon as it is done."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from ft_core.atomic import write_text
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.errors import FtCoreError, TaleError
from ft_core.infer.annotate.opened_answerer import OpenedAnswerer
from ft_core.infer.annotate.output_place import check_place
from ft_core.infer.annotate.progress import AnnotationProgress, choose_progress
from ft_core.infer.annotate.reading.open_tale import OpenTale, open_tale
from ft_core.infer.annotate.reading.tale_place import find_places
from ft_core.infer.annotate.reading.tale_survey import FoundTale, iterate_found, survey_places
from ft_core.infer.annotate.report import AnnotationReport
from ft_core.infer.annotate.segment.segmentation import Segmentation
from ft_core.infer.annotate.setting import AnnotationSettings
from ft_core.infer.annotate.sorting import sort_tales
from ft_core.infer.annotate.summary import choose_longest, summarise
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.annotate.writing.finished_tale import hash_text
from ft_core.infer.annotate.writing.folder_run import check_folder
from ft_core.infer.annotate.writing.layout import REPORT_FILE
from ft_core.infer.annotate.writing.provenance import count_answers
from ft_core.infer.annotate.writing.tale_record import write_annotated
from ft_core.infer.pipeline.result import PipelineResult
from ft_core.infer.pipeline.run import run_pipeline

__all__ = ["Annotator"]

logger = logging.getLogger(__name__)

_PART = 3
"""A segment has as many characters as a third of the base model's context has tokens, at most: the instructions and the answer
need room too, and a character may take more than one token."""

T = TypeVar("T")
_Taken: TypeAlias = tuple[FoundTale, RawTale]


@dataclass
class Annotator:
    """Annotates tales with the adapters of a run.

    Attributes:
        run: the run.
        folder: where annotated tales are written.
        open_answerer: loads the model; called once, when a tale is there to be annotated.
        settings: how tales are annotated and written.
        summaries: those of CSV files.
        tales_at_once: how many tales are asked about together, and are in memory.
        overwrite: whether a tale that was annotated with something else is annotated again.
        allow_drift: whether a tale that was annotated with drifted adapters counts as annotated.
        progress: how it is shown.
    """

    run: TrainedRun
    folder: Path
    open_answerer: Callable[[], OpenedAnswerer]
    settings: AnnotationSettings = field(default_factory=AnnotationSettings)
    summaries: Summaries = field(default_factory=Summaries)
    tales_at_once: int = 16
    overwrite: bool = False
    allow_drift: bool = False
    progress: AnnotationProgress = field(default_factory=choose_progress)

    def annotate(self, given: Sequence[str]) -> AnnotationReport:
        """Annotate the tales of some files and folders; one that cannot be does not stop the others.

        Args:
            given: files, folders or patterns.

        Raises:
            NoTalesError: something that was named is not there or holds no tale.
            RunMismatchError: the output folder holds tales of another run, and they are not to be annotated again.
            OutputError: the output folder cannot be written, has tales in another layout, or does not lie apart from the tales.
            FtCoreError: the model cannot be loaded.
        """
        survey = survey_places(find_places(given))
        check_place(self.folder, given, survey, self.settings.layout)
        again = [tale.story_id for tale in survey.tales.values()] if self.overwrite else None
        mixed = check_folder(self.folder, self.run, self.settings.layout, again)
        report = AnnotationReport(self.run.as_json(), self.settings.as_json(), notes=[*self._list_notes(), *mixed])
        report.refusals, report.superseded, report.left_out = survey.refusals, survey.superseded, survey.left_out
        sorted_out = sort_tales(
            survey,
            self.folder,
            self.settings.layout,
            self._describe_origin,
            overwrite=self.overwrite,
            allow_drift=self.allow_drift,
        )
        report.refusals += sorted_out.refusals
        for record in sorted_out.finished:
            report.finished.append(str(record["story"]))
            self._count(record, report)
        report.edited = sorted_out.edited
        self._write(report)  # a folder is known as ours by it, also where this process is killed
        self.progress.start(len(sorted_out.pending))
        try:
            for group in _batch(iterate_found(survey, sorted_out.pending), self.tales_at_once):
                for changed in (each for _, each in group if isinstance(each, Refusal)):
                    self._refuse([changed], report)
                self._annotate([(found, raw) for found, raw in group if isinstance(raw, RawTale)], report)
        finally:
            self.progress.stop()
            self._write(report)
        return report

    def _write(self, report: AnnotationReport) -> None:
        write_text(self.folder / REPORT_FILE, json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")

    def _list_notes(self) -> Iterator[str]:
        for step in self.run.steps:
            for name in self.run.left_out.get(step.name, ()):
                yield f"{step.name}: {name!r} is left out of the prompts, for its adapter was hardly trained with it"
        if (self.settings.summarise or self.summaries != Summaries()) and not self.run.uses_summaries:
            yield "no adapter was trained with summaries of tales, so none is made or shown"

    def _describe_origin(self, tale: FoundTale) -> dict[str, Any]:
        row = self.summaries.find(tale.story_id)
        return {
            "input": tale.digest,
            "summary": hash_text(row.text) if row else "",
            "run": self.run.as_json(),
            "settings": self.settings.as_json(),
        }

    @cached_property
    def _opened(self) -> OpenedAnswerer:
        self.progress.note_loading(self.run.base)
        opened = self.open_answerer()
        for warning in opened.warnings:
            logger.warning("%s", warning)
        return opened

    @cached_property
    def _longest(self) -> int:
        context = self._opened.context
        usual = self.settings.segmentation.longest
        return max(1, min(usual, context // _PART)) if context else usual

    def _annotate(self, group: Sequence[_Taken], report: AnnotationReport) -> None:
        tales = self._open(group, report)
        report.drift = self._opened.warnings
        if not tales:
            return
        try:
            self._summarise(tales, report)
            results = self._ask(tales)
        except FtCoreError as error:
            if len(group) == 1:
                self._refuse([Refusal(group[0][0].source, "$", f"cannot be annotated: {error}")], report)
            else:  # whose fault it is shows when each goes alone
                for taken in group:
                    if any(tale.found is taken[0] for tale in tales):
                        self._annotate([taken], report)
            return
        for tale in tales:
            self._finish(tale, [each for each in results if each.story_id == tale.story.id], report)

    def _open(self, group: Sequence[_Taken], report: AnnotationReport) -> list[OpenTale]:
        segmentation: Segmentation = replace(self.settings.segmentation, longest=self._longest)
        tales = []
        for found, raw in group:
            tale = open_tale(found, raw, self.settings, segmentation, self.summaries)
            if isinstance(tale, OpenTale):
                tales.append(tale)
            else:
                self._refuse(tale, report)
        return tales

    def _refuse(self, refusals: Sequence[Refusal], report: AnnotationReport) -> None:
        report.refusals += refusals
        self.progress.note_failure(f"Refused: {refusals[0]}")

    def _summarise(self, tales: Sequence[OpenTale], report: AnnotationReport) -> None:
        missing = [tale for tale in tales if not tale.story.summary]
        if not (self.settings.summarise and self.run.uses_summaries and missing):
            return
        context = self._opened.context
        longest = choose_longest(context) if context else _PART * self._longest
        self.progress.note_step("summary", len(missing), "texts")
        stories, any_step = [tale.story for tale in missing], self.run.steps[0].name
        said = summarise(stories, self._opened.answerer, any_step, longest, self.progress.note_answered)
        self.progress.note_step_done()
        for tale, summary in zip(missing, said, strict=True):
            tale.story.summary, tale.summary_origin = summary, "model" if summary else "none"
            if not summary:
                report.notes.append(
                    f"{tale.story.id}: the base model gave no summary of whole sentences, so its prompts have none"
                )

    def _ask(self, tales: Sequence[OpenTale]) -> list[PipelineResult]:
        return run_pipeline(
            self.run.steps,
            [tale.story for tale in tales],
            self._opened.answerer,
            constrained=self.settings.constrained,
            overwrite=self.settings.overwrite_labels,
            listener=self.progress,
            whole_cast=self.settings.roster == "full",
            left_out=self.run.left_out,
        )

    def _finish(self, tale: OpenTale, results: Sequence[PipelineResult], report: AnnotationReport) -> None:
        try:
            made_from = self._describe_origin(tale.found)
            drift = self._opened.warnings
            record = write_annotated(
                tale, results, self.run, self.settings, made_from=made_from, folder=self.folder, drift=drift
            )
        except TaleError as error:
            self._refuse([Refusal(tale.found.source, "$", f"cannot be written: {error}")], report)
            return
        report.annotated.append(tale.story.id)
        self.progress.note_tale(tale.story.id, self._count(record, report))

    def _count(self, record: Mapping[str, Any], report: AnnotationReport) -> dict[str, dict[str, Any]]:
        counts = count_answers(record["events"], [step.name for step in self.run.steps])
        report.add_counts(counts)
        return counts


def _batch(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while group := list(islice(items, size)):
        yield group
