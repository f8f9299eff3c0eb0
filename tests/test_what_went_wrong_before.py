"""An earlier extraction of the annotated tales got most of it wrong. Each fault has a test here, named after it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ft_core import ACTION_TYPES, ARCHETYPES, PROPP_FUNCTIONS, RELATIONSHIPS, SENTIMENTS, Answer, Example, Inputs, Prompt
from ft_core.cli import main
from ft_core.codebook import ACTION_FUNCTIONS, ACTION_STATUSES, OTHER
from ft_core.config import make_config
from ft_core.corpus.beside.retelling_paragraph import parse_paragraphs
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reporting.report import build_report
from ft_core.corpus.training_data import SPLITS
from ft_core.step import load_steps
from tests.conftest import CORPUS
from tests.plugins.asking import STEPS, get_step

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the annotated corpus is not beside the repository"),
]


@dataclass(frozen=True)
class Prepared:
    """The whole corpus, prepared with everything that lies beside it."""

    examples: dict[str, list[Example]]
    report: dict[str, Any]
    retellings: list[dict[str, Any]]


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    sources = {
        "stac_dir": [str(CORPUS)],
        "retellings": [str(CORPUS)],
        "summaries": sorted(map(str, CORPUS.glob("*_summaries.csv"))),
    }
    folders, steps = sorted(CORPUS.glob("*/json_v3")), load_steps().select(STEPS)
    with prepare(folders, steps, make_config(sources), keep_examples=True) as done:
        yield Prepared(
            {name: [each for split in SPLITS for each in done.list_examples(name, split)] for name in STEPS},
            build_report(done),
            [json.loads(line) for line in done.collection.spool["retellings"].read()],
        )


def test_stac_was_trained_on_empty_answers(prepared: Prepared) -> None:
    answers = [[each["head"] for each in example.output["sentences"]] for example in prepared.examples["stac"]]
    assert len(answers) > 300
    assert all(set(heads) - {"none"} for heads in answers)
    assert sum(len(set(heads) - {"none"}) for heads in answers) > len(answers)


def test_texts_were_paired_with_the_wrong_labels_by_list_order(prepared: Prepared) -> None:
    pairs = [pair | {"file": each["file"]} for each in prepared.retellings if each["used"] for pair in each["pairs"]]
    by_file: dict[str, list[int]] = {}
    for pair in pairs:
        by_file.setdefault(pair["file"], []).append(int(re.findall(r"\d+", pair["path"])[-1]))
    assert sum(len(places) for places in by_file.values()) > 900
    assert any(places != sorted(places) for places in by_file.values()), "in some tales the list is not in time order"
    retold = [example for example in prepared.examples["character"] if "~" in example.story_id]
    own = {(each.story_id, each.event_id): each for each in prepared.examples["character"] if "~" not in each.story_id}
    keyed = [((each.story_id.partition("~")[0], each.event_id), each) for each in retold]
    assert sum(key in own for key, _ in keyed) > 800
    for key, example in keyed:
        original = own.get(key, example)
        if original is example:  # an annotated event without a segment, which only the retelling has
            continue
        assert example.output["doers"] == original.output["doers"]
        assert example.inputs["segment"] != original.inputs["segment"]


def test_a_paragraph_and_the_event_it_is_paired_with_tell_of_the_same_people(prepared: Prepared) -> None:
    """A check that does not share the alignment's own measure: are the doers' names in the paragraph?"""
    named = paired = 0
    for each in prepared.retellings:
        if not each["used"]:
            continue
        texts = parse_paragraphs((CORPUS / each["file"]).read_text(encoding="utf-8-sig")).texts
        doers = {
            example.event_id: example.output["doers"]
            for example in prepared.examples["character"]
            if example.story_id == each["story"]
        }
        segments = {e.event_id: e.inputs["segment"] for e in prepared.examples["character"] if e.story_id == each["story"]}
        for event, names in doers.items():
            assert segments[event] in texts
            if names:
                paired += 1
                named += any(name.casefold() in segments[event].casefold() for name in names)
    assert named > 0.6 * paired


def test_propp_codes_were_listed_in_the_prompt_but_names_in_the_answers(prepared: Prepared) -> None:
    codes = {code for code in PROPP_FUNCTIONS.values() if len(code) > 2}  # one letter is a word in English
    for example in prepared.examples["event_type"]:
        assert example.output["event_type"] in {*PROPP_FUNCTIONS, OTHER}
        assert set(example.inputs["earlier_functions"]) <= {*PROPP_FUNCTIONS, OTHER}
        prompt = show_without_tale(get_step("event_type").build_prompt, example.inputs)
        assert not codes & set(re.findall(r"\w+", prompt))
        assert not re.search(r"\([A-Za-z]{1,2}\)|\barrow_|[αβγδεζηθ↑↓]", prompt)
        assert all(name in prompt for name in PROPP_FUNCTIONS)


def show_without_tale(build_prompt: Any, inputs: Inputs) -> str:
    """Return the prompt with the tale's own words taken out, for a tale may say alpha."""
    words = ("segment", "summary", "previous_segment", "next_segment")
    prompt: Prompt = build_prompt({**inputs, **dict.fromkeys(words, "-"), "stac": {}})
    return prompt.instruction


def test_characters_were_ordered_through_a_set(tmp_path: Path) -> None:
    first, second = (run_prepare(tmp_path / seed, CORPUS / "ChineseTales" / "json_v3", seed) for seed in ("1", "2"))
    assert first == second


def test_known_characters_stand_in_order_of_appearance(prepared: Prepared) -> None:
    told: dict[str, list[str]] = {}
    for example in prepared.examples["character"]:
        names = [each["name"] for each in example.inputs["known_characters"]]
        before = told.get(example.story_id, [])
        assert names[: len(before)] == before, "those known before stay first, in their order"
        told[example.story_id] = names
    assert max(map(len, told.values())) > 5


def test_the_split_came_from_an_unsorted_glob(tmp_path: Path) -> None:
    files = sorted((CORPUS / "IndianTales" / "json_v3").glob("*.json"))
    shuffled = random.Random(1).sample(files, len(files))
    for place, order in (("a", files), ("b/elsewhere", shuffled)):
        (tmp_path / place).mkdir(parents=True)
        for file in order:  # file systems list in the order of creation, or in none
            shutil.copy(file, tmp_path / place / file.name)
    one, two = (
        run_prepare(tmp_path / f"{name}-out", tmp_path / place, "0") for name, place in (("a", "a"), ("b", "b/elsewhere"))
    )
    assert one == two
    manifest = json.loads((tmp_path / "a-out" / "manifest.json").read_text(encoding="utf-8"))
    assert all(manifest["tales"][split] for split in SPLITS)


def test_each_step_had_another_test_set(prepared: Prepared) -> None:
    with prepare([CORPUS / "IndianTales" / "json_v3"], load_steps().select(STEPS), make_config({}), keep_examples=True) as done:
        tales = done.list_tales()
        for split in SPLITS:
            for name in STEPS:
                assert {example.story_id for example in done.list_examples(name, split)} <= set(tales[split])
    assert len({story for ids in tales.values() for story in ids}) == sum(map(len, tales.values()))


def test_the_loss_was_taken_over_the_whole_prompt(prepared: Prepared) -> None:
    """Of each row only the answer and its end are learnt; tests/engine shows that the loss is over these tokens."""
    from ft_core.config import FineTuneConfig
    from ft_core.engine.chat import Chat
    from ft_core.engine.rows import IGNORED, make_rows
    from tests.engine.bases import chatml_tokenizer

    chat = Chat(chatml_tokenizer())
    for name in STEPS:
        texts = [example.as_text() for example in prepared.examples[name][:40]]
        rows = make_rows(chat, name, texts, FineTuneConfig(), None).rows
        for row, text in zip(rows, texts, strict=True):
            learnt = [label for label in row.labels if label != IGNORED]
            assert chat.tokenizer.decode(learnt[:-1]) == text.completion
            assert learnt[-1] == chat.eos
            assert row.labels[: row.prompt_length] == [IGNORED] * row.prompt_length


@pytest.mark.parametrize("name", STEPS)
def test_gold_scored_as_its_own_prediction_got_less_than_one(prepared: Prepared, name: str) -> None:
    answers = [Answer(each.inputs, each.output, each.output, each.story_id, each.event_id) for each in prepared.examples[name]]
    metrics = get_step(name).score_outputs(answers).metrics()
    assert metrics
    assert set(metrics.values()) == {1.0}


@pytest.mark.parametrize("name", STEPS)
def test_events_were_dropped_without_a_word(prepared: Prepared, name: str) -> None:
    step = prepared.report["steps"][name]
    assert prepared.report["stories"]["refused"] == 0
    assert step["examples"] + sum(step["skipped"].values()) == prepared.report["events"]
    assert step["examples"] == sum("~" not in example.story_id for example in prepared.examples[name]) > 0


def test_labels_outside_the_closed_lists_were_answers(prepared: Prepared) -> None:
    for example in prepared.examples["action"]:
        assert example.output["type"] in ACTION_TYPES[example.output["category"]]
        assert example.output["status"] in {"", *ACTION_STATUSES}
        assert example.output["function"] in {"", *ACTION_FUNCTIONS}
    for example in prepared.examples["relationship"]:
        for tie in example.output["relationships"]:
            assert tie["relationship_level2"] in RELATIONSHIPS[tie["relationship_level1"]]
            assert tie["sentiment"] in SENTIMENTS
    for example in prepared.examples["character"]:
        assert all(each["archetype"] in {"", *ARCHETYPES} for each in example.output["new_characters"])


def run_prepare(out: Path, data: Path, hash_seed: str) -> str:
    """Prepare all six steps in a process with a hash seed of its own, and return a hash of the files' bytes."""
    command = [sys.executable, "-m", "ft_core", "prepare", "--data-dir", str(data), "--output-dir", str(out)]
    subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": hash_seed}, check=True, capture_output=True)
    digest = hashlib.sha256()
    for path in sorted(out.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def test_a_run_of_the_command_says_what_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data-dir", str(CORPUS / "ChineseTales" / "json_v3"), "--output-dir", str(tmp_path)]
    assert main(["prepare", *data, "--steps", "action", "relationship", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    for name, step in manifest["steps"].items():
        assert len(step["skipped"]) == sum(report["steps"][name]["skipped"].values()) > 0
        assert all(each["file"] and each["path"].startswith("$.") and each["reason"] for each in step["skipped"])
