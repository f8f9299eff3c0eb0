"""Holding a step against its contract: everything that core, training and evaluation rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

from ft_core.corpus.reading.loading import load_all_annotated_stories
from ft_core.corpus.reading.samples import samples_dir
from ft_core.errors import FtCoreError, PluginError, UnknownStepError
from ft_core.step import Step, Steps, load_steps
from ft_core.story import Story
from ft_core.testing.check.example import check_examples, check_ids
from ft_core.testing.check.gold import check_gold
from ft_core.testing.check.grammar import check_grammar
from ft_core.testing.check.process import check_hash_seeds, check_weight, run_fresh
from ft_core.testing.check.prompt import check_prefix, check_purity
from ft_core.testing.check.refusal import check_refusal
from ft_core.testing.check.round_trip import check_round_trip
from ft_core.testing.check.score import check_scores
from ft_core.testing.finding import Finding, Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["CHECKS", "assert_step", "check_installed", "check_step"]

_CHECKS: dict[str, Callable[[Specimen], Verdict]] = {
    "ids": check_ids,
    "gold": check_gold,
    "prompt": check_purity,
    "prefix": check_prefix,
    "refusal": check_refusal,
    "round-trip": check_round_trip,
    "grammar": check_grammar,
    "scores": check_scores,
}

CHECKS = ("installed", "examples", *_CHECKS, "imports", "hash-seeds")
"""The names of the checks, in the order in which they are made."""


def check_step(step: str | ModuleType | Step, stories: Sequence[Story] | None = None) -> list[Finding]:
    """Check an installed step, by its hooks only.

    Args:
        step: its name, its module of hooks, or the step itself.
        stories: annotated tales that it is to give examples for; None takes the sample tales that come with ft-core.

    Returns:
        At least one finding for each check of :data:`CHECKS`; where no example comes out, there is nothing for the others to
        look at and they are left out.

    Raises:
        UnknownStepError: no such step is installed.
    """
    steps = load_steps()
    name = step if isinstance(step, str) else step.name if isinstance(step, Step) else _find_name(step, steps)
    return check_installed(name, steps, stories)


def assert_step(step: str | ModuleType | Step, stories: Sequence[Story] | None = None) -> None:
    """Do what :func:`check_step` does, for a test.

    Raises:
        AssertionError: a check failed; the message has what to change.
        UnknownStepError: no such step is installed.
    """
    failed = [str(finding) for finding in check_step(step, stories) if finding.status == "failed"]
    if failed:
        raise AssertionError("\n".join(["the step does not keep its contract:", *failed]))


def check_installed(name: str, steps: Steps, stories: Sequence[Story] | None = None) -> list[Finding]:
    """Check one of the installed steps that were loaded; see :func:`check_step`."""
    try:
        found = steps.get(name)
    except PluginError as error:
        return Verdict(problems=[str(error)]).as_findings(name, "installed")
    later = [each for each in steps.working if name in each.sources]
    told = load_all_annotated_stories(samples_dir()) if stories is None else stories
    verdicts = _judge(Specimen(found, later, told))
    installed = Finding(name, "installed", "passed", f"{found.distribution} {found.version}, asked once per {found.info.scope}")
    return [installed, *(finding for check, verdict in verdicts for finding in verdict.as_findings(name, check))]


def _judge(specimen: Specimen) -> Iterator[tuple[str, Verdict]]:
    verdict = _guard(check_examples, specimen)
    yield "examples", verdict
    if verdict.problems:
        gold = _guard(check_gold, specimen)
        if gold.problems and gold.problems != verdict.problems:  # no example, for no gold is valid: that says why
            yield "gold", gold
        return
    for name, check in _CHECKS.items():
        yield name, _guard(check, specimen)
    runs = run_fresh(specimen)
    yield "imports", check_weight(runs)
    yield "hash-seeds", check_hash_seeds(runs)


def _guard(check: Callable[[Specimen], Verdict], specimen: Specimen) -> Verdict:
    try:
        return check(specimen)
    except FtCoreError as error:  # a hook that fails is what the check found
        return Verdict(problems=[str(error)])


def _find_name(module: ModuleType, steps: Steps) -> str:
    entries = [*(step.entry for step in steps.registered), *(step.entry for step in steps.broken)]
    for entry in entries:
        if entry.value.partition(":")[0] == module.__name__:
            return entry.name
    raise UnknownStepError(
        f"No installed step has its hooks in the module {module.__name__}. Install its distribution: pip install -e ."
    )
