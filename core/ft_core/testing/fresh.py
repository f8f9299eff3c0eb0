"""A program for a process of its own: import one step, make its examples, and say what was loaded and what came out.

``python -m ft_core.testing.fresh STEP FOLDER`` prints one JSON object: ``heavy``, the heavy libraries that the step loaded, and
``items``, a hash of each example or reason.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib import import_module

from ft_core.corpus.reading.loading import load_all_annotated_stories
from ft_core.discovery import discover_steps
from ft_core.example import Example, Skipped, name_place
from ft_core.step import Step, load_steps

__all__ = ["HEAVY", "main"]

HEAVY = frozenset(
    {"accelerate", "datasets", "numpy", "pandas", "peft", "scipy", "sklearn", "torch", "transformers", "trl", "unsloth"}
)
"""Libraries that take seconds to load, which no command needs that only lists or prepares."""


def main(step_name: str, folder: str) -> None:
    """Print what a step loads and gives."""
    heavy = _load_step(step_name)
    steps = load_steps()  # imports the other steps too; what they load is not this one's doing
    before = _list_heavy()
    step = steps.get(step_name)
    items = {
        name_place(story.id, item.event_id): _hash(step, item)
        for story in load_all_annotated_stories(folder)
        for item in step.examples(story)
    }
    heavy |= _list_heavy() - before
    print(json.dumps({"heavy": sorted(heavy), "items": items}))


def _load_step(name: str) -> set[str]:
    before = _list_heavy()
    for entry in discover_steps():
        if entry.name == name:
            import_module(entry.value.partition(":")[0])
    return _list_heavy() - before


def _list_heavy() -> set[str]:
    return {name for name in HEAVY if name in sys.modules}


def _hash(step: Step, item: Example | Skipped) -> str:
    told = [item.as_row(), step.narrow_schema(item.inputs)] if isinstance(item, Example) else [item.path, item.reason]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
