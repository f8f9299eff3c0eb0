"""Checks of the installed steps and extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ft_core.engine.doctor.finding import Finding
from ft_core.step import Steps, load_steps

__all__ = ["check_steps"]


def check_steps(load: Callable[[], Steps] = load_steps) -> Iterator[Finding]:
    """Look which steps and extensions are installed and which of them are broken.

    Args:
        load: finds and imports the steps.
    """
    steps = load()
    if steps.working:
        yield Finding("steps", "ok", ", ".join(f"{step.name} ({step.distribution} {step.version})" for step in steps.working))
    elif not steps.broken:
        yield Finding("steps", "note", "none is installed; there is nothing to train", "pip install ./plugins/stac")
    for broken in steps.broken:
        remedy = f"mend it, or: {broken.entry.remedy}"
        yield Finding(f"step {broken.entry.name}", "problem", " ".join(str(broken.error).split()), remedy)
    if steps.extensions:
        yield Finding("extensions", "ok", ", ".join(f"{entry.name} ({entry.provider})" for entry in steps.extensions))
    for each in steps.broken_extensions:
        text = f"{' '.join(str(each.error).split())} No step can be used meanwhile."
        yield Finding(f"extension {each.entry.name}", "problem", text, f"mend it, or: {each.entry.remedy}")
