"""Where each answer in an annotated tale comes from, and what became of the questions that gave none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ft_core.infer.judgement import Judgement
from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["ANSWERED", "KEPT_LABEL", "NOT_ASKED", "NOT_VALID", "count_answers", "describe_answers"]

ANSWERED, NOT_VALID, KEPT_LABEL, NOT_ASKED = "answered", "not valid", "kept", "not asked"


def describe_answers(results: Iterable[PipelineResult]) -> dict[str, dict[str, Any]]:
    """Return, by event (``""`` for the tale as a whole) and step, whether it was asked and what came of it.

    An answer that is not valid, or that was repaired, is given in full, with its problems or repairs, for it stands nowhere
    else.
    """
    events: dict[str, dict[str, Any]] = {}
    for result in results:
        events.setdefault(result.event_id, {})[result.step] = _describe(result)
    return events


def count_answers(events: Mapping[str, Mapping[str, Mapping[str, Any]]], steps: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return for each step how many events were answered, not valid, kept and not asked, the last by reason.

    Those whose answer was repaired are among the answered ones, and counted once more.

    Args:
        events: as :func:`describe_answers` returns them.
        steps: the names of the steps.
    """
    return {step: _count([event[step] for event in events.values() if step in event]) for step in steps}


def _count(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    states = Counter(answer["state"] for answer in answers)
    reasons = Counter(answer["reason"] for answer in answers if answer["state"] == NOT_ASKED)
    return {
        "answered": states[ANSWERED],
        "repaired": sum("repairs" in answer for answer in answers),
        "not_valid": states[NOT_VALID],
        "kept": states[KEPT_LABEL],
        "not_asked": dict(sorted(reasons.items())),
    }


def _describe(result: PipelineResult) -> dict[str, Any]:
    if result.judgement is not None:
        return _describe_judgement(result.judgement)
    if result.is_kept or result.skipped is None:
        return {"state": KEPT_LABEL}
    return {"state": NOT_ASKED, "reason": result.skipped.reason, "path": result.skipped.path}


def _describe_judgement(judgement: Judgement) -> dict[str, Any]:
    reply = judgement.reply
    confidence = None if reply.confidence is None else round(reply.confidence, 4)
    told: dict[str, Any] = {"confidence": confidence, "ended": reply.ended}
    if judgement.output is None:
        return {"state": NOT_VALID, **told, "answer": reply.text, "problems": [str(each) for each in judgement.problems]}
    if judgement.repairs:
        told |= {"answer": reply.text, "repairs": [str(each) for each in judgement.repairs]}
    return {"state": ANSWERED, **told}
