"""The steps, one after another, over many tales at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ft_core.infer.answerer import Answerer
from ft_core.infer.asking import ask_step
from ft_core.infer.pipeline.listener import PipelineListener
from ft_core.infer.pipeline.question import Question, Questions
from ft_core.infer.pipeline.result import PipelineResult
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["run_pipeline"]


def run_pipeline(
    steps: Sequence[Step],
    stories: Sequence[Story],
    answerer: Answerer,
    *,
    adapter: bool = True,
    constrained: bool = True,
    overwrite: bool = False,
    listener: PipelineListener | None = None,
    whole_cast: bool = False,
    left_out: Mapping[str, Collection[str]] | None = None,
) -> list[PipelineResult]:
    """Ask the steps about every event of some tales, and write valid answers into the tales, where later questions see them.

    The result is that of asking one question after another: step by step, and within a step in the order of events. Questions
    that cannot depend on each other are asked together, of all tales: see :mod:`ft_core.infer.pipeline.watching`.

    Args:
        steps: in the order in which they run; those that are asked once per tale come after the others.
        stories: the tales, which are changed.
        answerer: who answers.
        adapter: False asks the base model alone.
        constrained: whether only answers of a step's output schema can be given.
        overwrite: whether labels that are there are asked about too and replaced. An answer that is not valid then leaves the
            field empty. Otherwise every value that is set stays.
        listener: hears of each step, and of each result as it comes.
        whole_cast: whether a step that finds characters is shown all that are listed from the first event on.
        left_out: by step, names of inputs that are shown empty.

    Returns:
        One result for each step and event, by step, tale and event.

    Raises:
        HookError: a hook of a step fails.
    """
    results: list[PipelineResult] = []
    for step in sorted(steps, key=lambda step: step.info.scope == "story"):
        lines = [Questions(step, story, overwrite, whole_cast, (left_out or {}).get(step.name, ())) for story in stories]
        found: list[list[PipelineResult]] = [[] for _ in lines]
        on_answered = _announce(step, stories, listener)
        for place, result in _run_step(step, lines, answerer, on_answered, adapter=adapter, constrained=constrained):
            found[place].append(result)
            if listener:
                listener.note_result(result)
        if listener:
            listener.note_step_done()
        for story, of_story in zip(stories, found, strict=True):
            results += _sort(of_story, story)
    return results


def _announce(step: Step, stories: Sequence[Story], listener: PipelineListener | None) -> Callable[[int], None] | None:
    if listener is None:
        return None
    if step.info.scope == "story":
        listener.note_step(step.name, len(stories), "tales")
    else:
        listener.note_step(step.name, sum(len(story.events) for story in stories), "events")
    return listener.note_answered


def _run_step(
    step: Step,
    lines: Sequence[Questions],
    answerer: Answerer,
    on_answered: Callable[[int], None] | None,
    *,
    adapter: bool,
    constrained: bool,
) -> Iterator[tuple[int, PipelineResult]]:
    """Yield the results of a step as they come, each with the place of its tale."""
    for place, line in enumerate(lines):
        yield from ((place, result) for result in line.open())
    while any(lines):
        ready = [(place, each) for place, line in enumerate(lines) if line for each in line.list_ready()]
        asked = [(place, each) for place, each in ready if isinstance(each, Question)]
        yield from ((place, each) for place, each in ready if isinstance(each, PipelineResult))
        shown = [question.inputs for _, question in asked]
        judgements = ask_step(step, shown, answerer, adapter=adapter, constrained=constrained, on_answered=on_answered)
        for (place, question), judgement in zip(asked, judgements, strict=True):
            yield place, lines[place].close(question, judgement)


def _sort(results: Iterable[PipelineResult], story: Story) -> list[PipelineResult]:
    order = {event.id: place for place, event in enumerate(story.events)}
    return sorted(results, key=lambda result: order.get(result.event_id, -1))
