"""Predicted inputs on the sample tales with the installed steps; a stand-in answers in place of an adapter."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ft_core.config import FineTuneConfig
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.samples import samples_dir
from ft_core.corpus.training_tale import choose_tales, read_training_tales
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.world import World
from ft_core.engine.predicted.mixed_example import apply_mixed, read_mixed
from ft_core.engine.predicted.mixing import NOT_VALID, NOTHING_TO_ASK, SAME, TOO_LONG, mix_examples
from ft_core.engine.predicted.noted_answer import NotedAnswer
from ft_core.engine.predicted.predicted_input import PredictedInputs
from ft_core.engine.predicted.tale_source import check_predicted
from ft_core.engine.training import DATA_FOLDER, resume_training, train_on_tales
from ft_core.errors import PreparedDataError, TaleError, TrainingError, UsageError
from ft_core.example import Example
from ft_core.step import Step, load_steps
from ft_core.story import Story
from tests.engine.bases import save_base
from tests.tales import make_tale, write_tale

NOWHERE = cast(LoadedBase, SimpleNamespace(context=None))
"""The stand-ins need no model, and rows may have any length."""

STEPS = load_steps()


@pytest.fixture
def preparation() -> Iterator[Preparation]:
    with prepare([samples_dir()], STEPS.working, FineTuneConfig(summary_dropout=0.5), keep_examples=True) as made:
        yield made


class Answering:
    """Answers a step in place of an adapter, by changing the events, and notes who was asked."""

    def __init__(self, **answers: Callable[[Story], None]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, int]] = []

    def __call__(self, loaded: LoadedBase, step: Step, folder: Path, stories: Sequence[Story]) -> list[NotedAnswer]:
        self.asked.append((step.name, folder.name, len(stories)))
        for story in stories:
            self.answers.get(step.name, lambda _: None)(story)
        return []


def call_all(name: str) -> Callable[[Story], None]:
    def answer(story: Story) -> None:
        for event in story.events:
            event.instrument = name

    return answer


def forget_doers(story: Story) -> None:
    for event in story.events:
        event.agents = []


def test_a_share_of_the_tales_is_chosen_by_the_seed(preparation: Preparation) -> None:
    tales = preparation.list_tales()["train"]
    chosen = choose_tales(preparation, 0.5)
    assert len(chosen) == round(len(tales) / 2)
    assert set(chosen) < set(tales)
    assert choose_tales(preparation, 1) == tales
    assert choose_tales(preparation, 0) == ()
    assert len(choose_tales(preparation, 0.01)) == 1
    with prepare([samples_dir()], STEPS.working, FineTuneConfig(seed=5), keep_examples=True) as other:
        assert choose_tales(other, 0.5) != chosen


@pytest.mark.parametrize("step", STEPS.working, ids=lambda step: step.name)
def test_with_the_annotators_answers_every_example_is_what_it_was(preparation: Preparation, step: Step) -> None:
    tales = list(read_training_tales(preparation, preparation.list_tales()["train"]))
    assert any(tale.without_summary for tale in tales)
    data = preparation.as_training_data().steps[step.name]
    mixed = mix_examples(step, data, tales)
    assert len(mixed) == len(data.train)
    assert {each.reason for each in mixed} <= {SAME}
    assert apply_mixed(data, mixed) == data


def test_predicted_inputs_make_the_prompt_and_the_gold_answer_stays(preparation: Preparation) -> None:
    step, data = STEPS.get("action"), preparation.as_training_data().steps["action"]
    tales = list(read_training_tales(preparation, choose_tales(preparation, 0.5)))
    for tale in tales:
        call_all("a borrowed needle")(tale.story)
    new = apply_mixed(data, mix_examples(step, data, tales))
    chosen = {tale.story.id for tale in tales}
    for before, after, example in zip(data.train, new.train, new.examples, strict=True):
        assert (before.completion, before.story_id, before.event_id) == (after.completion, after.story_id, after.event_id)
        assert example.prompt == after.prompt
        assert ("a borrowed needle" in after.prompt.user) == (after.story_id in chosen)
        assert (example.inputs["instrument"] == "a borrowed needle") == (after.story_id in chosen)
        assert (before.prompt == after.prompt) == (after.story_id not in chosen)
        assert ("Summary" in before.prompt.user) == ("Summary" in after.prompt.user)
    assert (new.val, new.test) == (data.val, data.test)


def test_an_example_that_cannot_be_asked_keeps_the_annotators_inputs_with_a_reason(preparation: Preparation) -> None:
    step, data = STEPS.get("relationship"), preparation.as_training_data().steps["relationship"]
    tales = list(read_training_tales(preparation, preparation.list_tales()["train"]))
    for tale in tales:
        forget_doers(tale.story)
    mixed = mix_examples(step, data, tales)
    assert apply_mixed(data, mixed) == data
    assert {(each.reason, each.detail) for each in mixed} == {(NOTHING_TO_ASK, "the event has no doer")}
    assert mixed[0].file.endswith("_v3.json")
    assert mixed[0].path.startswith("$.narrative_events[")


def test_an_example_whose_gold_answer_does_not_fit_keeps_the_annotators_inputs(preparation: Preparation) -> None:
    step, data = STEPS.get("relationship"), preparation.as_training_data().steps["relationship"]
    tales = list(read_training_tales(preparation, preparation.list_tales()["train"]))
    for tale in tales:
        for event in tale.story.events:
            event.agents = ["Somebody"]
    mixed = mix_examples(step, data, tales)
    assert {each.reason for each in mixed} == {NOT_VALID}
    assert all(each.detail.startswith("$.relationships[") for each in mixed)


def test_an_example_whose_row_becomes_too_long_keeps_the_annotators_inputs(
    config: FineTuneConfig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ft_core")
    steps, short = STEPS.select(["instrument", "action"]), config.model_copy(update={"max_seq_length": 2500})
    with prepare([samples_dir()], steps, short, keep_examples=True) as preparation:
        run = train_on_tales(preparation, steps, short, predict=Answering(instrument=call_all("a needle " * 500)))
    assert run.steps["action"].status == "done"
    counts = run.steps["action"].predicted_inputs or {}
    assert counts["kept"] == {TOO_LONG: counts["chosen"]}
    assert counts["mixed"] == 0
    assert f"have inputs by instrument; {counts['chosen']} keep the annotators': {TOO_LONG}." in caplog.text


def test_answers_that_are_not_valid_or_repaired_are_kept_beside_and_go_with_the_step(
    preparation: Preparation, tmp_path: Path
) -> None:
    place = ("fox.json", "$.narrative_events[0]", "fox", "e1")
    unused = NotedAnswer(*place, '{"doers": [""]}', problems=("$.doers[0]: is blank",))
    repaired = NotedAnswer(*place, '{"new_characters": ["Fox"]}', repairs=("$.new_characters[0]: left out",))
    step, data = STEPS.get("action"), preparation.as_training_data().steps["action"]
    predicted = PredictedInputs(tmp_path / "kept", STEPS.working, [], lambda *_: [unused, repaired])
    predicted.mix(step, data, ["character"], Path("run"), NOWHERE)
    for kind, answer in (("not_valid", unused), ("repaired", repaired)):
        (line,) = (tmp_path / "kept" / kind / "character.jsonl").read_text(encoding="utf-8").splitlines()
        assert json.loads(line) == asdict(answer) | {"problems": [*answer.problems], "repairs": [*answer.repairs]}
    better = PredictedInputs(tmp_path / "kept", STEPS.working, [], lambda *_: [])
    better.forget(["action"])
    better.mix(step, data, ["character"], Path("run"), NOWHERE)
    assert not [*tmp_path.glob("kept/*/*")], "all answers are used as they were given now"
    predicted.forget(["character", "action"])
    assert not (tmp_path / "kept").exists()


def test_each_trained_step_answers_once_and_only_for_steps_that_see_it(preparation: Preparation, tmp_path: Path) -> None:
    answering = Answering(instrument=call_all("a needle"))
    tales = list(read_training_tales(preparation, choose_tales(preparation, 0.5)))
    predicted = PredictedInputs(tmp_path, STEPS.working, tales, answering)
    data = preparation.as_training_data().steps
    trained: list[str] = []
    for step in STEPS.working:
        predicted.mix(step, data[step.name], trained, Path("run"), NOWHERE)
        trained.append(step.name)
    assert answering.asked == [(name, name, len(tales)) for name in ("character", "instrument", "stac")]
    counts = predicted.count("action")
    assert counts is not None
    assert counts == {"tales": len(tales), "chosen": counts["mixed"], "mixed": counts["mixed"], "kept": {}}
    assert counts["mixed"] > 0
    assert predicted.count("character") is None


def test_what_was_mixed_is_kept_and_used_again_without_the_tales(preparation: Preparation, tmp_path: Path) -> None:
    step, data = STEPS.get("action"), preparation.as_training_data().steps["action"]
    tales = list(read_training_tales(preparation, choose_tales(preparation, 0.5)))
    first = PredictedInputs(tmp_path, STEPS.working, tales, Answering(instrument=call_all("a needle")))
    mixed = first.mix(step, data, ["instrument"], Path("run"), NOWHERE)
    again = PredictedInputs(tmp_path, STEPS.working)
    assert again.mix(step, data, ["instrument"], Path("run"), NOWHERE) == mixed != data
    bare = replace(data, examples=tuple(Example({}, each.output, each.story_id, each.event_id) for each in data.examples))
    assert again.mix(step, bare, ["instrument"], Path("run"), NOWHERE).train == mixed.train
    with pytest.raises(TrainingError, match=r"Step 'relationship' is to be asked .* --data-dir DIR --step relationship"):
        again.mix(STEPS.get("relationship"), data, ["character"], Path("run"), NOWHERE)
    again.forget(["action"])
    assert again.count("action") is None
    assert not tmp_path.exists()


def test_a_kept_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "action.jsonl").write_text('{"file": "a"}\n', encoding="utf-8")
    with pytest.raises(PreparedDataError, match=r"action.jsonl cannot be used: .* Train the step anew with --overwrite"):
        read_mixed(tmp_path / "action.jsonl")


def test_a_tale_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    for name in ("ant", "bee", "cat"):
        write_tale(tmp_path, make_tale(name))
    with prepare([tmp_path], STEPS.working, FineTuneConfig(val_fraction=0, test_fraction=0), keep_examples=True) as made:
        write_tale(tmp_path, make_tale("bee", events=2))
        with pytest.raises(TaleError, match=r"bee.json: .*was changed or removed while it was being read"):
            list(read_training_tales(made, ["bee"]))
        (tmp_path / "bee.json").unlink()
        with pytest.raises(TaleError, match=r"bee.json"):
            list(read_training_tales(made, ["bee"]))


def test_what_cannot_be_done_is_refused_before_anything_is_trained() -> None:
    config = FineTuneConfig(predicted_inputs=0.3)
    with pytest.raises(UsageError, match=r"predicted_inputs asks steps about tales .* or with predicted_inputs 0"):
        check_predicted(config, None, World())
    with pytest.raises(UsageError, match=r"predicted_inputs works with one process"):
        check_predicted(config, PredictedInputs(Path(), ()), World(0, 2))
    check_predicted(FineTuneConfig(), None, World(0, 2))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"), context=8192)


@pytest.fixture
def config(base: Path, tmp_path: Path) -> FineTuneConfig:
    return FineTuneConfig(
        model_name=str(base), device="cpu", output_dir=str(tmp_path / "run"), max_steps=1, batch_size=1, lora_r=2, max_examples=3,
        gradient_accumulation_steps=1, predicted_inputs=0.5,
    )  # fmt: skip


def test_a_run_tells_how_many_examples_it_mixed(config: FineTuneConfig) -> None:
    steps = STEPS.select(["character", "instrument", "action"])
    answering = Answering(instrument=call_all("a needle"))
    with prepare([samples_dir()], steps, config, keep_examples=True) as preparation:
        run = train_on_tales(preparation, steps, config, predict=answering)
    assert {name: record.status for name, record in run.steps.items()} == dict.fromkeys(run.steps, "done")
    assert [name for name, _, _ in answering.asked] == ["character", "instrument"]
    written = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))["steps"]
    assert written["character"]["predicted_inputs"] is None
    assert written["instrument"]["predicted_inputs"]["kept"] == {SAME: written["instrument"]["predicted_inputs"]["chosen"]}
    counts = written["action"]["predicted_inputs"]
    assert counts["tales"] == 4
    assert counts["mixed"] == counts["chosen"] > 0
    kept = read_mixed(run.folder / DATA_FOLDER / "predicted_inputs" / "action.jsonl") or []
    assert {(each.inputs or {})["instrument"] for each in kept} == {"a needle"}


def test_the_rows_that_are_trained_are_those_with_predicted_inputs(config: FineTuneConfig, tmp_path: Path) -> None:
    def count_tokens(share: float) -> int:
        changes = {"predicted_inputs": share, "output_dir": str(tmp_path / f"run-{share}")}
        settings, steps = config.model_copy(update=changes), STEPS.select(["instrument", "action"])
        with prepare([samples_dir()], steps, settings, keep_examples=True) as preparation:
            answering = Answering(instrument=call_all("needle " * 100))
            return train_on_tales(preparation, steps, settings, predict=answering).steps["action"].tokens

    assert count_tokens(1.0) > count_tokens(0.0) + 3 * 100


def test_a_run_that_goes_on_reads_its_tales_again(config: FineTuneConfig, tmp_path: Path) -> None:
    steps = STEPS.select(["instrument", "action"])
    with prepare([samples_dir()], steps, config, keep_examples=True) as preparation:
        run = train_on_tales(preparation, steps, config, predict=Answering(instrument=call_all("a needle")))
    path = run.folder / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["steps"]["action"]["status"] = "running"
    path.write_text(json.dumps(record), encoding="utf-8")
    kept = run.folder / DATA_FOLDER / "predicted_inputs" / "action.jsonl"
    content = kept.read_bytes()
    kept.unlink()
    answering = Answering(instrument=call_all("a needle"))
    assert resume_training(run.folder, predict=answering).exit_code == 0
    assert [name for name, _, _ in answering.asked] == ["instrument"]
    assert kept.read_bytes() == content


def test_nobody_to_answer_is_an_error(config: FineTuneConfig) -> None:
    steps = STEPS.select(["action"])
    with (
        prepare([samples_dir()], steps, config, keep_examples=True) as preparation,
        pytest.raises(UsageError, match=r"predicted_inputs asks steps about tales"),
    ):
        train_on_tales(preparation, steps, config)
