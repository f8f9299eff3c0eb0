"""Ask base model and adapters of a run about one event of a tale that they were not trained on.

    python examples/compare_answers.py RUN TALES

Takes the event with the longest annotated answer. Prints for each trained step the segment, the annotated answer, and
what the base model and the adapter say, without any constraint.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from ft_core import Example, FineTuneConfig
from ft_core.corpus.preparing import prepare
from ft_core.infer.generate.open_run import OpenRun, open_run
from ft_core.infer.judgement import judge
from ft_core.step import Step


def main(run: Path, tales: Path) -> None:
    """Load what the run trained, prepare the tales as the run did, and compare."""
    opened = open_run(run)
    config = FineTuneConfig.model_validate(opened.record.config)
    with prepare([tales], opened.steps, config, keep_examples=True) as preparation:
        unseen = {step.name: preparation.list_examples(step.name, "test") for step in opened.steps}
    if not any(unseen.values()):
        sys.exit("No event of a tale that was held out has an annotated answer: there is nothing to compare.")
    for step in opened.steps:
        if unseen[step.name]:
            show(opened, step, max(unseen[step.name], key=lambda example: len(example.as_text().completion)))
        else:
            print(f"\n=== {step.name}: no event of an unseen tale has an annotated answer")


def show(opened: OpenRun, step: Step, example: Example) -> None:
    """Print one event with its answers."""
    print(f"\n=== {step.name}: {example.story_id}, event {example.event_id}")
    print(textwrap.indent(textwrap.fill(str(example.inputs["segment"]), 100), "    "))
    print(f"gold     {example.as_text().completion}")
    for who in ("base", "adapter"):
        print(f"{who:8} {ask(opened, step, example, adapter=who == 'adapter')}", flush=True)


def ask(opened: OpenRun, step: Step, example: Example, *, adapter: bool) -> str:
    """Return what a model says alone, on one line, and below it whether it is valid."""
    (reply,) = opened.answerer.ask(step.name, [example.as_text().prompt], adapter=adapter, constrained=False)
    problems = judge(step, example.inputs, reply).problems
    return f"{' '.join(reply.text.split())}\n         ({f'not valid: {problems[0]}' if problems else 'valid'})"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
