"""Ask base model and adapters of a run about one event of a tale that they were not trained on.

    python examples/compare_answers.py RUN TALES

Takes the event with the longest annotated answer. Prints for each trained step the segment, the annotated answer, the base
model's answer and the adapter's.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

from ft_core import Example, FineTuneConfig
from ft_core.corpus.preparing import prepare
from ft_core.infer.generation import AnsweringModel, generate_answer, load_adapters
from ft_core.step import Step, load_steps


def main(run: Path, tales: Path) -> None:
    """Load what the run trained, prepare the tales as the run did, and compare."""
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    trained = [name for name, step in record["steps"].items() if step["status"] == "done"]
    steps = load_steps().select(trained)
    with prepare([tales], steps, FineTuneConfig.model_validate(record["config"]), keep_examples=True) as preparation:
        unseen = {step.name: preparation.list_examples(step.name, "test") for step in steps}
    if not any(unseen.values()):
        sys.exit("No event of a tale that was held out has an annotated answer: there is nothing to compare.")
    answering = load_adapters([run / step.name for step in steps])
    for step in steps:
        if unseen[step.name]:
            show(answering, step, max(unseen[step.name], key=lambda example: len(example.as_text().completion)))
        else:
            print(f"\n=== {step.name}: no event of an unseen tale has an annotated answer")


def show(answering: AnsweringModel, step: Step, example: Example) -> None:
    """Print one event with its answers."""
    print(f"\n=== {step.name}: {example.story_id}, event {example.event_id}")
    print(textwrap.indent(textwrap.fill(str(example.inputs["segment"]), 100), "    "))
    print(f"gold     {example.as_text().completion}")
    for who in ("base", "adapter"):
        print(f"{who:8} {ask(answering, step, example, use_adapter=who == 'adapter')}", flush=True)


def ask(answering: AnsweringModel, step: Step, example: Example, *, use_adapter: bool) -> str:
    """Return an answer on one line, and below it whether it is valid."""
    text = example.as_text()
    room = len(answering.chats[step.name].answer_ids(text.completion)) + 24
    answer = generate_answer(answering, step.name, text.prompt, max_new_tokens=room, use_adapter=use_adapter)
    return f"{' '.join(answer.split())}\n         ({judge(answer, step, example)})"


def judge(answer: str, step: Step, example: Example) -> str:
    """Say whether an answer is valid, and if not, what is wrong first of all."""
    try:
        problems = step.validate_output(json.loads(answer), example.inputs)
    except ValueError:
        return "not valid: no JSON"
    return f"not valid: {problems[0]}" if problems else "valid"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
