"""Examples come out of the tales, and each has an id of its own."""

from __future__ import annotations

from collections import Counter

from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_examples", "check_ids"]


def check_examples(specimen: Specimen) -> Verdict:
    """Check that the tales give at least one example.

    Raises:
        HookError: a hook of the step fails.
    """
    found, places, tales = len(specimen.examples), len(specimen.items), len(specimen.stories)
    reasons = "; ".join(f"{reason} ({count})" for reason, count in specimen.count_reasons().most_common())
    if found:
        skipped = f"; the others gave none because: {reasons}" if reasons else ""
        return Verdict(f"{found} examples of {places} questions in {tales} tales{skipped}")
    problem = (
        f"the {tales} tales give no example; the reasons are: {reasons or 'none, for there is no tale'}. Let extract_examples "
        f"read labels that the tales have, or check with tales of your own that have the step's labels"
    )
    return Verdict(problems=[problem])


def check_ids(specimen: Specimen) -> Verdict:
    """Check that no two examples are of the same tale and event: the manifest and reports know them by these."""
    counts = Counter((example.story_id, taken.place) for taken, example in specimen.examples)
    problems = [
        f"{count} examples are of {place}: two tales have one id. Give each tale its own metadata.id"
        for (_, place), count in counts.items()
        if count > 1
    ]
    return Verdict(f"{len(counts)} ids, all different", problems)
