"""In processes of their own: the step loads nothing heavy, and two hash seeds give the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ft_core.corpus.rewriting.tale_writing import write_tale
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["FreshRuns", "check_hash_seeds", "check_weight", "run_fresh"]

_SEEDS = ("1", "2")
_TOLD = 3


class FreshRuns:
    """What the step did in two processes, or why it did not get there."""

    def __init__(self, documents: list[dict[str, Any]], fault: str = "") -> None:
        self.documents, self.fault = documents, fault


def run_fresh(specimen: Specimen) -> FreshRuns:
    """Run the step in two processes that order their sets differently, at the same time."""
    with TemporaryDirectory(prefix="ft-core-check-") as folder:
        for number, story in enumerate(specimen.stories):
            write_tale(story, Path(folder) / f"{number:04}.json")
        processes = [_start(specimen.step.name, folder, seed) for seed in _SEEDS]
        answers = [process.communicate() for process in processes]
    for process, (_, told) in zip(processes, answers, strict=True):
        if process.returncode:
            last = told.strip().splitlines()[-1:] or [f"it left with {process.returncode}"]
            return FreshRuns([], f"the step fails in a process of its own: {last[0]}")
    return FreshRuns([json.loads(printed) for printed, _ in answers])


def check_weight(runs: FreshRuns) -> Verdict:
    """Check that neither importing the step nor making examples loads a heavy library."""
    if runs.fault:
        return Verdict(problems=[runs.fault])
    heavy = ", ".join(sorted({name for document in runs.documents for name in document["heavy"]}))
    problem = (
        f"the step loads {heavy}, and so would every command, even ft-core steps. Import it inside the function that needs it"
    )
    return Verdict("importing it and making examples loads no heavy library", [problem] if heavy else [])


def check_hash_seeds(runs: FreshRuns) -> Verdict:
    """Check that examples do not depend on the order of sets, which differs from process to process."""
    if runs.fault:
        return Verdict(problems=[runs.fault])
    first, second = (document["items"] for document in runs.documents)
    differing = [place for place in {**first, **second} if first.get(place) != second.get(place)]
    problem = (
        f"{len(differing)} of {len(first)} examples differ between two processes with other hash seeds, such as those of "
        f"{'; '.join(differing[:_TOLD])}. Sort what comes out of a set, and use nothing random"
    )
    return Verdict(f"two hash seeds give the same {len(first)} items", [problem] if differing else [])


def _start(step: str, folder: str, seed: str) -> subprocess.Popen[str]:
    # What can be imported here can be imported there: a step may be on the path by other means than its installation.
    path = os.pathsep.join(each for each in sys.path if each)
    environment = os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "ft_core.testing.fresh", step, folder]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
