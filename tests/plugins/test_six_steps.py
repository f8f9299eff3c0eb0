"""What holds for all six steps, on the sample tales and on the corpus beside the repository."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ft_core import ACTION_TYPES, ARCHETYPES, PROPP_FUNCTIONS, RELATIONSHIPS, SENTIMENTS, Example, Story
from ft_core.codebook import ACTION_FUNCTIONS, ACTION_STATUSES, OTHER
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.example import dump_answer
from ft_core.step import load_steps
from tests.plugins.asking import STEPS, forget_labels, get_step, story_of

ROOT = Path(__file__).resolve().parents[2]
FEW = {
    "character": {"segment": "狐狸跑了。", "summary": "", "known_characters": []},
    "instrument": {"segment": "狐狸跑了。", "summary": "", "doers": []},
    "relationship": {"segment": "狐狸跑了。", "summary": "", "doers": ["狐狸"], "receivers": ["鹤"]},
    "action": {"segment": "狐狸跑了。", "summary": "", "doers": [], "receivers": [], "instrument": ""},
    "stac": {"segment": "狐狸跑了。", "sentences": ["狐狸跑了。"], "summary": ""},
    "event_type": {
        "segment": "狐狸跑了。",
        "summary": "",
        "stac": {},
        "position": {"k": 1, "n": 1},
        "previous_segment": "",
        "next_segment": "",
        "earlier_functions": [],
    },
}


@pytest.fixture(scope="module")
def samples() -> Sequence[Story]:
    return read_tales([samples_dir()]).stories


def test_all_six_are_installed_and_work_in_the_order_in_which_they_build_on_one_another() -> None:
    steps = load_steps()
    assert [broken.entry.name for broken in steps.broken if broken.entry.name in STEPS] == []
    assert [step.name for step in steps.working if step.name in STEPS] == list(STEPS)


@pytest.mark.parametrize("name", STEPS)
def test_every_event_of_the_sample_tales_is_accounted_for(name: str, samples: Sequence[Story]) -> None:
    items = [item for story in samples for item in get_step(name).examples(story)]
    assert len(items) == sum(len(story.events) for story in samples)
    reasons = {item.reason for item in items if not isinstance(item, Example)}
    assert reasons == ({"no receiver is a character"} if name == "relationship" else set())


@pytest.mark.parametrize("name", STEPS)
def test_gold_answers_written_into_a_bare_tale_ask_the_same_questions(name: str, samples: Sequence[Story]) -> None:
    check_round_trip(name, samples)


@pytest.mark.corpus
@pytest.mark.parametrize("name", STEPS)
def test_every_event_of_the_corpus_is_accounted_for_and_every_gold_answer_is_valid(name: str, corpus: Path) -> None:
    stories = read_tales(sorted(corpus.glob("*/json_v3"))).stories
    items = [item for story in stories for item in get_step(name).examples(story)]
    assert len(items) == sum(len(story.events) for story in stories)
    skipped = [item for item in items if not isinstance(item, Example)]
    assert [item for item in skipped if "not valid" in item.reason] == []
    assert all(item.path.startswith("$.narrative_events[") for item in skipped)
    check_round_trip(name, [story for story in stories if all(event.text for event in story.events)])


def check_round_trip(name: str, stories: Sequence[Story]) -> None:
    for story in stories:
        bare = forget_labels(story)
        for step in [get_step(each) for each in STEPS[: STEPS.index(name) + 1]]:
            for event, item in zip(bare.events, step.examples(story), strict=True):
                if isinstance(item, Example):
                    assert step.name != name or step.build_inputs(bare, event) == item.inputs, (story.source, event.path)
                    step.apply_output(bare, event, item.output)


@pytest.mark.parametrize("name", STEPS)
def test_an_answer_has_its_keys_in_the_order_of_the_schema_and_is_written_in_its_own_script(
    name: str, samples: Sequence[Story]
) -> None:
    keys = list(get_step(name).info.output_schema["properties"])
    for story in samples:
        for item in get_step(name).examples(story):
            if isinstance(item, Example):
                assert list(item.output) == keys
                assert "\\u" not in item.as_row()["output"]
                assert "\\u" not in item.as_row()["instruction"]


@pytest.mark.parametrize("name", STEPS)
def test_the_system_text_is_the_same_for_every_event_and_holds_nothing_of_a_tale(name: str, samples: Sequence[Story]) -> None:
    items = [item for story in samples for item in get_step(name).examples(story) if isinstance(item, Example)]
    systems = {item.prompt.system for item in items if item.prompt}
    assert systems == {get_step(name).build_prompt(FEW[name]).system}
    shown = ["\n".join(item.inputs["sentences"]) if name == "stac" else item.inputs["segment"] for item in items]
    assert all(item.prompt and item.prompt.user.endswith(f"Segment:\n{text}") for item, text in zip(items, shown, strict=True))


@pytest.mark.parametrize("name", STEPS)
def test_a_prompt_has_no_heading_for_what_is_not_there(name: str) -> None:
    sections = get_step(name).build_prompt(FEW[name]).user.split("\n\n")
    assert all(section.partition(":\n")[2].strip() for section in sections)
    assert not {"[]", "{}", '""'} & {section.partition(":\n")[2] for section in sections}


@pytest.mark.parametrize("name", STEPS)
def test_a_prompt_can_do_without_the_optional_inputs(name: str) -> None:
    left = {key: value for key, value in FEW[name].items() if key not in {"summary", "instrument", "stac"}}
    assert get_step(name).build_prompt(left) == get_step(name).build_prompt(FEW[name])


@pytest.mark.parametrize("name", STEPS)
def test_a_prompt_shows_an_answer_with_exactly_the_keys_of_the_schema(name: str) -> None:
    system = get_step(name).build_prompt(FEW[name]).system
    *_, introduction, shown = system.splitlines()
    assert introduction == "Answer with one JSON object only, with exactly these keys:"
    assert list(json.loads(shown)) == list(get_step(name).info.output_schema["properties"])


@pytest.mark.parametrize("name", STEPS)
def test_a_schema_asks_for_every_key_and_refuses_others(name: str) -> None:
    for schema in objects_of(get_step(name).info.output_schema):
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False


def objects_of(schema: Any) -> list[dict[str, Any]]:
    inner = [found for value in schema.values() if isinstance(value, dict) for found in objects_of(value)]
    return [schema, *inner] if schema.get("type") == "object" else inner


def test_the_lists_of_the_schemas_are_those_of_the_code_book() -> None:
    properties = {name: get_step(name).info.output_schema["properties"] for name in STEPS}
    new, tie = properties["character"]["new_characters"]["items"], properties["relationship"]["relationships"]["items"]
    assert new["properties"]["archetype"]["enum"] == [*ARCHETYPES, ""]
    assert tie["properties"]["relationship_level1"]["enum"] == list(RELATIONSHIPS)
    assert tie["properties"]["relationship_level2"]["enum"] == [kind for kinds in RELATIONSHIPS.values() for kind in kinds]
    assert tie["properties"]["sentiment"]["enum"] == list(SENTIMENTS)
    assert properties["action"]["category"]["enum"] == list(ACTION_TYPES)
    assert properties["action"]["type"]["enum"] == [kind for kinds in ACTION_TYPES.values() for kind in kinds]
    assert properties["action"]["status"]["enum"] == [*ACTION_STATUSES, ""]
    assert properties["action"]["function"]["enum"] == [*ACTION_FUNCTIONS, ""]
    assert properties["event_type"]["event_type"]["enum"] == [*PROPP_FUNCTIONS, OTHER]


@pytest.mark.parametrize(
    ("name", "lists"),
    [
        ("character", [ARCHETYPES]),
        ("relationship", [SENTIMENTS, *RELATIONSHIPS.values(), RELATIONSHIPS]),
        ("action", [ACTION_STATUSES, ACTION_FUNCTIONS, *ACTION_TYPES.values(), ACTION_TYPES]),
    ],
)
def test_a_prompt_names_every_label_of_its_lists_in_order(name: str, lists: Sequence[Sequence[str]]) -> None:
    system = get_step(name).build_prompt(FEW[name]).system
    for labels in lists:
        start = -1
        for label in labels:
            start = system.find(label, start + 1)
            assert start >= 0, label


def test_control_strings_in_a_tale_stay_as_they_are() -> None:
    story = story_of({"text_span": {"start": 0, "end": 23, "text": "He said <|im_end|> {now}."}})
    for name in STEPS:
        inputs = get_step(name).build_inputs(story, story.events[0])
        assert isinstance(inputs, dict)
        assert get_step(name).build_prompt(inputs).user.endswith("Segment:\nHe said <|im_end|> {now}.")


PRINT_HASH = """
import hashlib
from ft_core import Example
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.step import load_steps
rows = [str(item.as_row() if isinstance(item, Example) else item) for step in load_steps().working
        for story in read_tales([samples_dir()]).stories for item in step.examples(story)]
print(hashlib.sha256("\\n".join(rows).encode()).hexdigest())
"""


def test_examples_do_not_depend_on_the_hash_seed() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", PRINT_HASH],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1
    assert len(hashes.pop().strip()) == hashlib.sha256().digest_size * 2


@pytest.mark.parametrize("name", STEPS)
def test_the_answer_in_a_steps_readme_is_a_gold_answer_of_the_sample_tales(name: str, samples: Sequence[Story]) -> None:
    readme = (ROOT / "plugins" / name / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```json\n")[2].partition("\n```")[0]
    items = (item for story in samples for item in get_step(name).examples(story))
    [segment] = {item.inputs["segment"] for item in items if isinstance(item, Example) and dump_answer(item.output) == shown}
    assert f"> {segment}\n" in readme


@pytest.mark.parametrize("name", STEPS)
def test_only_hooks_py_knows_the_hook_marker_and_it_only_maps(name: str) -> None:
    files = sorted((ROOT / "plugins" / name).glob("ft_*/*.py"))
    assert [file.name for file in files if "hookimpl" in file.read_text(encoding="utf-8")] == ["hooks.py"]
    [hooks] = [file.read_text(encoding="utf-8") for file in files if file.name == "hooks.py"]
    assert len(hooks.splitlines()) <= 60
    assert "def " not in hooks


def test_the_steps_load_no_training_library() -> None:
    imports = "; ".join(f"import ft_{name}.hooks" for name in STEPS)
    report = "print(*{'torch', 'transformers', 'trl', 'peft', 'unsloth', 'numpy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}; {report}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
