"""The hooks of the step ``moral``, asked once per tale."""

from ft_core import NoGold, Problem, Prompt, StepInfo, examples_by_story, hookimpl, join_sections

SCHEMA = {
    "type": "object",
    "properties": {"moral": {"type": "string"}},
    "required": ["moral"],
    "additionalProperties": False,
}
TASK = """\
You read a folktale. Say in one sentence, in the language of the tale, what it teaches.

Answer with one JSON object only, with exactly this key:
{"moral": ""}"""


@hookimpl
def describe_step():
    return StepInfo("Moral", "What the tale teaches, in one sentence.", SCHEMA, writes=("annotations",), scope="story")


@hookimpl
def build_inputs(story):
    return {"text": story.text or "\n".join(event.text for event in story.told_events())}


@hookimpl
def extract_examples(step, story, inputs_of):
    missing = NoGold(f".annotations.{step}", "no moral is annotated")
    return examples_by_story(story, inputs_of, lambda story, inputs: story.annotations.get(step, missing))


@hookimpl
def build_prompt(inputs):
    return Prompt(TASK, join_sections(("Tale", inputs["text"])))


@hookimpl
def validate_output(output):
    return [] if output["moral"].strip() else [Problem("$.moral", "the moral is blank")]


@hookimpl
def apply_output(step, story, output):
    story.annotations[step] = dict(output)
    return True
