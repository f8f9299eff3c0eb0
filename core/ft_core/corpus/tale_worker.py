"""Preparing a chunk of tales, in this process or in one of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ft_core.corpus.closed_field import ClosedField, find_closed_fields
from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.prepared_tale import PreparedTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.rendering import PreparedChunk, Renderer
from ft_core.corpus.tale_chunk import TaleChunk
from ft_core.corpus.tale_preparation import prepare_tale
from ft_core.errors import DataError
from ft_core.step import Step, load_steps

__all__ = ["StepName", "make_worker", "make_worker_of_installed"]


@dataclass(frozen=True, slots=True)
class StepName:
    """A step and what provides it, as another process finds it again."""

    name: str
    distribution: str
    version: str


class TaleWorker:
    """Prepares chunks of tales."""

    def __init__(self, steps: Sequence[Step], context: PreparationContext, *, keep_examples: bool) -> None:
        fields: Mapping[str, Sequence[ClosedField]] = {step.name: find_closed_fields(step.info.output_schema) for step in steps}
        writes = {step.name: tuple(step.info.writes) for step in steps}
        self._steps = steps
        self._context = context
        self._renderer = Renderer(context.config, writes, fields, keep_examples=keep_examples)

    def __call__(self, chunk: TaleChunk) -> PreparedChunk:
        """Return what the chunk's tales gave; files that are not used are passed over."""
        return self._renderer.render(self._prepare(chunk))

    def _prepare(self, chunk: TaleChunk) -> Iterator[PreparedTale | Refusal]:
        for raw in chunk.read():
            # A file that could not be read was refused in the survey.
            if not isinstance(raw, Refusal) and raw.source in self._context.sources:
                prepared = prepare_tale(raw, self._context, self._steps)
                if isinstance(prepared, PreparedTale) and prepared.failures:
                    self._steps = [step for step in self._steps if step.name not in prepared.failures]
                yield prepared


def make_worker(steps: Sequence[Step], context: PreparationContext, keep_examples: bool) -> TaleWorker:
    """Make a worker for this process."""
    return TaleWorker(steps, context, keep_examples=keep_examples)


def make_worker_of_installed(names: Sequence[StepName], context: PreparationContext, keep_examples: bool) -> TaleWorker:
    """Make a worker for another process, to which steps cannot be sent: they are loaded there again.

    Raises:
        DataError: a step that is installed is not the one of the first process.
    """
    steps = load_steps().select([each.name for each in names])
    found = {step.name: StepName(step.name, step.distribution, step.version) for step in steps}
    for wanted in names:
        if found[wanted.name] != wanted:
            raise DataError(
                f"Step {wanted.name!r} of {wanted.distribution} {wanted.version} is not the one that another process finds: "
                f"{found[wanted.name].distribution} {found[wanted.name].version}. Work with one process (--workers 1)."
            )
    return TaleWorker(steps, context, keep_examples=keep_examples)
