"""Train every installed step on the sample tales, then ask base model and adapters about an unseen event.

    python examples/demo.py [OUTPUT_DIR]   (it is emptied first)

Settings for a two-core CPU: 24 examples a step, four an optimizer step, a high learning rate.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
import textwrap

from ft_core import Example, FineTuneConfig
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.samples import samples_dir
from ft_core.engine.summary import print_summary
from ft_core.engine.training import Run, train_steps
from ft_core.infer.generation import AnsweringModel, generate_answer, load_adapters
from ft_core.step import Step, load_steps

SETTINGS = {
    "model_name": "smollm2-135m",
    "max_examples": 24,
    "num_epochs": 1,
    "batch_size": 4,
    "gradient_accumulation_steps": 1,
    "learning_rate": 2e-3,
}


def main(output_dir: str) -> int:
    """Train, show the answers, and return the exit code."""
    logging.basicConfig(format="%(message)s")
    config = FineTuneConfig.model_validate({**SETTINGS, "output_dir": output_dir})
    steps = load_steps().select(())
    preparation = prepare([samples_dir()], steps, config)
    run = train_steps(preparation.as_training_data(), steps, config, overwrite=True)
    print_summary(run)
    show_answers(run, preparation, steps)
    return run.exit_code


def show_answers(run: Run, preparation: Preparation, steps: list[Step]) -> None:
    """Print segment, gold, base and adapter for one event of an unseen tale per trained step."""
    trained = [step for step in steps if run.steps[step.name].status == "done"]
    answering = load_adapters([run.folder / step.name for step in trained])
    for step in trained:
        example = preparation.list_examples(step.name, "test")[0]
        print(f"\n=== {step.name}: {example.story_id}, event {example.event_id}")
        print(textwrap.indent(textwrap.fill(str(example.inputs["segment"]), 100), "    "))
        print(f"gold     {example.as_row()['output']}")
        for who in ("base", "adapter"):
            print(f"{who:8} {ask(answering, step, example, use_adapter=who == 'adapter')}")


def ask(answering: AnsweringModel, step: Step, example: Example, *, use_adapter: bool) -> str:
    """Return an answer on one line, with what is wrong with it."""
    text = example.as_text()
    room = 2 * len(answering.chats[step.name].answer_ids(text.completion)) + 16
    answer = generate_answer(answering, step.name, text.prompt, max_new_tokens=room, use_adapter=use_adapter)
    shown = textwrap.shorten(answer, 600)
    try:
        problems = step.validate_output(json.loads(answer), example.inputs)
    except ValueError:
        return f"{shown}\n         (not valid: no JSON)"
    return f"{shown}\n         ({'not valid: ' + str(problems[0]) if problems else 'valid'})"


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "demo-output"
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(main(folder))
