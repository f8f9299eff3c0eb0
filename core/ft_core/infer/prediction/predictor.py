"""A trained step answers about tales in place of their annotators: for ``predicted_inputs``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ft_core.corpus.reporting.report_number import count_things
from ft_core.engine.contract.contract_file import read_contract
from ft_core.engine.contract.verification import verify_adapters
from ft_core.engine.loading import LoadedBase
from ft_core.engine.memory import release_memory
from ft_core.engine.predicted.noted_answer import NotedAnswer
from ft_core.errors import AdapterError, FtCoreError, InferenceError, TrainingError
from ft_core.infer.generate.adapter_loading import load_chats
from ft_core.infer.pipeline.clearing import clear_step
from ft_core.infer.pipeline.result import PipelineResult
from ft_core.infer.pipeline.run import run_pipeline
from ft_core.infer.prediction.answer_process import answering_elsewhere
from ft_core.infer.prediction.loaded_answerer import answering_here
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["needs_own_process", "predict_step"]

logger = logging.getLogger(__name__)


def predict_step(loaded: LoadedBase, step: Step, folder: Path, stories: Sequence[Story]) -> list[NotedAnswer]:
    """Answer a step for all events of some tales with the adapter in a folder, as ``annotate`` would.

    The fields that the step writes are blanked first; an answer that is not valid leaves them so. The base is afterwards as it
    was before, so the next step is trained as if nobody had been asked.

    Args:
        loaded: the base model, without an adapter.
        step: who is asked.
        folder: its adapter's, in the folder of its run.
        stories: the tales, which are changed.

    Returns:
        The answers that are not valid, and those that were repaired.

    Raises:
        TrainingError: the adapter cannot answer.
        HookError: a hook of the step fails.
    """
    try:
        results = _answer(loaded, step, folder, stories)
    except (AdapterError, InferenceError, TrainingError) as error:
        raise _tell_remedy(loaded, step, str(error)) from error
    except FtCoreError:
        raise
    except Exception as error:  # the training stack runs below, and raises what it likes
        raise _tell_remedy(loaded, step, f"{type(error).__name__}: {error}") from error
    finally:
        release_memory(loaded.device)
    asked = sum(result.judgement is not None for result in results)
    noted = _list_noted(stories, results)
    repaired = sum(bool(each.repairs) for each in noted)
    told = f"not valid, with their field left empty: {len(noted) - repaired}; repaired: {repaired}"
    logger.info("Step %s gave %s (%s).", step.name, count_things(asked, "answer"), told)
    return noted


def needs_own_process(loaded: LoadedBase) -> bool:
    """Say whether a base cannot answer where it is: Unsloth's forwards for GPUs know neither our attention nor its masks."""
    return loaded.backend == "unsloth" and loaded.device == "cuda"


def _answer(loaded: LoadedBase, step: Step, folder: Path, stories: Sequence[Story]) -> list[PipelineResult]:
    contract = read_contract(folder)
    for warning in verify_adapters(folder.parent, [step], load_chats([folder]), loaded.base, allow_drift=True):
        logger.warning("%s", warning)
    logger.info("Step %s answers about %s, for the steps after it.", step.name, count_things(len(stories), "training tale"))
    for story in stories:
        clear_step(story, step)
    rare = {step.name: contract.training.list_rare() if contract is not None else ()}
    answering = answering_elsewhere if needs_own_process(loaded) else answering_here
    with answering(loaded, step, folder) as answerer:
        return run_pipeline([step], stories, answerer, overwrite=True, left_out=rare)


def _tell_remedy(loaded: LoadedBase, step: Step, problem: str) -> TrainingError:
    way = "with --backend hf, or " if needs_own_process(loaded) else ""
    return TrainingError(
        f"Step {step.name!r} cannot answer for the steps after it, as predicted_inputs asks: {problem}\n"
        f"Train the steps after it {way}with --predicted-inputs 0."
    )


def _list_noted(stories: Sequence[Story], results: Sequence[PipelineResult]) -> list[NotedAnswer]:
    told = {story.id: story for story in stories}
    return [
        NotedAnswer(
            told[result.story_id].source,
            told[result.story_id].locate(result.event_id),
            result.story_id,
            result.event_id,
            result.judgement.reply.text,
            tuple(map(str, result.judgement.problems)),
            tuple(map(str, result.judgement.repairs)),
        )
        for result in results
        if result.judgement is not None and (result.judgement.problems or result.judgement.repairs)
    ]
