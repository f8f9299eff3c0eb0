"""Preparing one tale: its labels, what lies beside it, its other tellings, and what each step makes of them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ft_core.corpus.beside.retelling import RetellingFile, keep_example
from ft_core.corpus.beside.retold_story import Retelling, read_retelling
from ft_core.corpus.beside.stac_cut import cut_anew
from ft_core.corpus.beside.stac_labelling import StacLabelling, label_stac
from ft_core.corpus.beside.summary import UnusedRow, hides_summary
from ft_core.corpus.beside.summary_table import SummaryRow
from ft_core.corpus.beside_count import Retold, Stac, Summarised
from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.prepared_tale import PreparedTale, Telling
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.tale import Tale, read_tale
from ft_core.corpus.training_data import Split, TellingKind
from ft_core.errors import PluginError
from ft_core.example import Example, Skipped
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["prepare_tale", "refuse_changed"]


def prepare_tale(raw: RawTale, context: PreparationContext, steps: Sequence[Step]) -> PreparedTale | Refusal:
    """Read a tale that was surveyed before, and ask each step for an example, or a reason, of every event or of the tale.

    Returns:
        What the tale gave, and which steps failed at it; a refusal where its file has been changed since it was surveyed.
    """
    if raw.hash() != context.sources[raw.source]:
        return refuse_changed(raw.source)
    tale = read_tale(raw, context.rules, checked=True)
    return _Preparing(raw, tale, context, steps).finish()


def refuse_changed(source: str) -> Refusal:
    """Refuse a tale whose file is no longer what was surveyed."""
    return Refusal(source, "$", "was changed or removed while it was being read; run the command again")


class _Preparing:
    """One tale under way."""

    def __init__(self, raw: RawTale, tale: Tale, context: PreparationContext, steps: Sequence[Step]) -> None:
        self._raw = raw
        self._tale = tale
        self._context = context
        self._steps = steps
        self._split: Split = context.splits[tale.story_id]
        self._repairs = [*tale.repairs]
        self._records: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._beside: list[bytes] = []
        self._failures: dict[str, PluginError] = {}

    def finish(self) -> PreparedTale:
        labelling = self._label_stac()
        self._summarise()
        tellings = [self._ask(self._tale.story, self._steps, "tale"), *self._retell(), *self._cut(labelling)]
        return PreparedTale(
            self._split,
            self._tale.version,
            tellings,
            self._repairs,
            self._records,
            self._counts,
            hashlib.sha256(b"\0".join(self._beside)).digest() if self._beside else b"",
            self._tale.marks,
            self._failures,
        )

    def _count(self, section: str, counts: Mapping[str, int]) -> None:
        self._counts.update({(section, name): count for name, count in counts.items()})

    def _label_stac(self) -> StacLabelling:
        context = self._context
        found = label_stac(
            self._tale.story, self._raw.file.path, context.sidecars, context.texts, context.config.stac_min_fields
        )
        self._repairs += found.repairs
        self._records["stac"] += found.records
        self._records["stac_problems"] += [problem.as_json() for problem in found.problems]
        self._count(Stac.SECTION, found.counts)
        if found.digest:
            self._beside.append(found.digest)
        return found

    def _summarise(self) -> None:
        story = self._tale.story
        row = self._context.summaries.find(story.id)
        if story.summary:
            self._count(Summarised.SECTION, {Summarised.OWN: 1})
            self._leave_unused(row, "the tale has a summary of its own")
        elif row is not None:
            self._count(Summarised.SECTION, {Summarised.FROM_TABLE: 1})
            self._use_summary(story, row)
            self._beside.append(f"summary\0{row.text}".encode())
        else:
            self._count(Summarised.SECTION, {Summarised.NONE: 1})

    def _use_summary(self, story: Story, row: SummaryRow) -> None:
        story.summary = row.text
        self._records["summaries"].append({"story": story.id, "file": row.file, "line": row.line})

    def _leave_unused(self, row: SummaryRow | None, reason: str) -> None:
        if row is not None:
            self._records["unused_summaries"].append(UnusedRow.of(row, reason).as_json())

    def _ask(self, story: Story, steps: Sequence[Step], kind: TellingKind) -> Telling:
        hidden = self._hide_summaries(story)
        items = {step.name: self._gather(step, story, hidden) for step in steps}
        return Telling(story, items, kind, hidden)

    def _gather(self, step: Step, story: Story, hidden: frozenset[str]) -> list[Example | Skipped]:
        """Return what a step makes of a tale; one that fails is not asked again, and the other steps go on."""
        if step.name in self._failures:
            return []
        try:
            return list(step.examples(story, hidden))
        except PluginError as error:
            self._failures[step.name] = error
            return []

    def _hide_summaries(self, story: Story) -> frozenset[str]:
        share, seed = self._context.config.summary_dropout, self._context.config.seed
        if not share or not story.summary or self._split != "train":
            return frozenset()
        hidden = frozenset(event.id for event in story.told_events() if hides_summary(seed, story.id, event.id, share))
        self._count(Summarised.SECTION, {Summarised.HIDDEN: len(hidden)})
        return hidden | ({""} if hides_summary(seed, story.id, "", share) else set())  # the tale as a whole

    def _retell(self) -> list[Telling]:
        files = self._context.retellings.list_files(self._tale.story_id)
        read = [self._read_retelling(file) for file in files]
        self._records["retellings"] += [{"tale": self._tale.story_id, **retelling.as_json()} for retelling in read]
        return [self._weigh(self._ask(each.story, self._steps, "retold")) for each in read if each.story is not None]

    def _read_retelling(self, file: RetellingFile) -> Retelling:
        self._count(Retold.SECTION, {Retold.FILES: 1})
        story = self._tale.story
        row = self._context.summaries.find_retold(story.id, file.stem)
        if self._split != "train":
            self._count(Retold.SECTION, {Retold.HELD_OUT: 1})
            self._leave_unused(row, f"its retelling is not used: the tale is in {self._split}")
            return Retelling(file, reason=f"its tale is in {self._split}, where only original texts are")
        retelling = read_retelling(story, file)
        if retelling.story is None:
            self._count(Retold.SECTION, {Retold.REFUSED: 1})
            self._leave_unused(row, "its retelling is refused")
            return retelling
        if row is not None:
            self._use_summary(retelling.story, row)
        self._count(Retold.SECTION, {Retold.USED: 1, Retold.EVENTS: len(retelling.story.events)})
        self._beside.append(f"retelling\0{file.variant}\0{retelling.story.summary}\0{retelling.story.text}".encode())
        return retelling

    def _cut(self, labelling: StacLabelling) -> Iterator[Telling]:
        """Yield the tale in other segments, about which only steps that answer with STAC records are asked."""
        config = self._context.config
        steps = [step for step in self._steps if "stac" in step.info.writes]
        if self._split != "train" or not steps or labelling.source is None:
            return
        if config.stac_cuts:  # how often is among the settings that are hashed
            self._beside.append(b"cut\0" + labelling.source.digest)
        for number in range(1, config.stac_cuts + 1):
            cut = cut_anew(self._tale.story, labelling, seed=config.seed, number=number, min_fields=config.stac_min_fields)
            if cut is not None:
                self._count(Stac.SECTION, {Stac.CUT: len(cut.story.events)})
                self._records["stac_problems"] += [problem.as_json() for problem in cut.problems]
                yield self._ask(cut.story, steps, "cut")

    def _weigh(self, telling: Telling) -> Telling:
        weight = self._context.config.retelling_weight
        if weight == 1:
            return telling
        kept = {
            step: [self._keep(step, item, telling.story, weight) for item in items] for step, items in telling.items.items()
        }
        return replace(telling, items=kept)

    def _keep(self, step: str, item: Example | Skipped, story: Story, weight: float) -> Example | Skipped:
        if isinstance(item, Skipped) or keep_example(self._context.config.seed, story.id, item.event_id, step, weight):
            return item
        self._count(Retold.SECTION, {Retold.WEIGHED: 1})
        path = story.locate(item.event_id)
        return Skipped(story.id, item.event_id, path, f"left out by retelling_weight {weight:g}")
