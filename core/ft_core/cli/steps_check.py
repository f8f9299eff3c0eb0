"""``ft-core steps --check``: each step held against its contract, one finding a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ft_core.cli.output import print_json, say
from ft_core.corpus.reading.loading import load_all_annotated_stories
from ft_core.errors import UsageError
from ft_core.step import Steps
from ft_core.testing import Finding, check_installed

__all__ = ["check_steps"]


def check_steps(steps: Steps, names: Sequence[str], data_dir: Path | None, *, as_json: bool) -> int:
    """Check the named steps, or all that are installed, and print what was found.

    Args:
        steps: the installed steps.
        names: the steps to check; none stands for all, broken ones too.
        data_dir: a folder of annotated tales; None takes the sample tales.
        as_json: whether one JSON document is printed at the end, or lines as they come.

    Returns:
        The exit code: 1 where a check failed.

    Raises:
        UnknownStepError: no step of a name is installed.
        UsageError: none is installed at all.
        NoTalesError: the folder holds no tale.
    """
    chosen = _choose(steps, names)
    stories = load_all_annotated_stories(data_dir) if data_dir else None
    found: list[Finding] = []
    for name in chosen:
        findings = check_installed(name, steps, stories)
        found += findings
        for line in () if as_json else _tell(name, findings):
            print(line, flush=True)
    if as_json:
        print_json([asdict(finding) for finding in found])
    failed = [finding for finding in found if finding.status == "failed"]
    say(_summarise(len(chosen), len(failed)))
    return int(bool(failed))


def _choose(steps: Steps, names: Sequence[str]) -> list[str]:
    broken = [step.entry.name for step in steps.broken]
    for name in names:
        if name not in broken:
            steps.get(name)
    chosen = list(dict.fromkeys(names or [*(step.name for step in steps.working), *broken]))
    if not chosen:
        raise UsageError("No step is installed. Install one, for instance: pip install ./plugins/stac")
    return chosen


def _tell(name: str, findings: Sequence[Finding]) -> Iterator[str]:
    yield name
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        status = finding.status.upper() if finding.status == "failed" else finding.status
        yield f"  {status:7}  {finding.check:{width}}  {finding.message}"


def _summarise(steps: int, failed: int) -> str:
    whose = f"{steps} steps" if steps != 1 else "1 step"
    if not failed:
        return f"{whose} checked: everything passed."
    return f"{whose} checked: {failed} finding{'s' * (failed != 1)}; each line says what to change."
