"""Adapters that answer while their run is training: in the process that trains, and in one of their own."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from ft_core.answer_repair import Repaired
from ft_core.config import FineTuneConfig
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.samples import samples_dir
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.predicted.noted_answer import NotedAnswer
from ft_core.engine.training import train_on_tales
from ft_core.errors import TrainingError
from ft_core.infer.generate.open_run import open_run
from ft_core.infer.prediction import answer_process, predictor
from ft_core.infer.prediction.answer_process import answering_elsewhere
from ft_core.infer.prediction.loaded_answerer import answering_here
from ft_core.infer.prediction.predictor import needs_own_process, predict_step
from ft_core.problem import Problem
from ft_core.step import Step
from ft_core.story import Stac, Story
from tests.engine.bases import save_base
from tests.infer.models import LEARNT, PROMPT, make_prompts
from tests.plugins.asking import get_step
from tests.tales import make_event, make_tale, read_story

BACKENDS = ("hf", "unsloth")
PROMPTS = [PROMPT, *make_prompts(5)]


@pytest.fixture
def loaded(run: Path, request: pytest.FixtureRequest) -> LoadedBase:
    """The base of the run, as a training on a CPU in 32 bits has it."""
    backend = getattr(request, "param", "hf")
    return load_base(FineTuneConfig(model_name=str(run.parent / "base"), device="cpu", bf16=False, backend=backend))


@pytest.fixture
def damaged(run: Path, tmp_path: Path) -> Path:
    """A run whose adapter of ``stac`` has weights of other sizes than its configuration says, and no contract that says so."""
    copied = Path(shutil.copytree(run, tmp_path / "damaged"))
    path = copied / "stac" / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"r": 3}), encoding="utf-8")
    (copied / "stac" / "contract.json").unlink()
    return copied


EMPTY = "$: situation, task, action and consequence are all empty; at least one must be set"


def make_stories() -> list[Story]:
    """Two tales with STAC records, which must go, and other labels, which must stay."""
    stories = [read_story(make_tale(name)) for name in ("ant", "bee")]
    for event in (event for story in stories for event in story.events):
        event.stac = Stac(situation="by an annotator")
    return stories


def look_at(base: LoadedBase) -> dict[str, Any]:
    model = base.model
    return {
        "parameters": {name: (each.detach().clone(), each.requires_grad) for name, each in model.named_parameters()},
        "modules": {path: (type(module), module.training) for path, module in model.named_modules()},
        "attention": model.config._attn_implementation,
        "peft": hasattr(model, "peft_config"),
        "random": torch.get_rng_state(),
    }


def assert_same(first: Any, second: Any) -> None:
    torch.testing.assert_close(first["parameters"], second["parameters"], rtol=0, atol=0)
    assert torch.equal(first["random"], second["random"])
    for part in ("modules", "attention", "peft"):
        assert first[part] == second[part]


@pytest.mark.parametrize("loaded", BACKENDS, indirect=True)
def test_answers_are_to_the_bit_those_of_a_fresh_process(run: Path, loaded: LoadedBase) -> None:
    step = get_step("stac")
    with answering_here(loaded, step, run / "stac") as answerer:
        here = answerer.ask("stac", PROMPTS)
        free = answerer.ask("stac", PROMPTS, constrained=False)
        alone = answerer.ask("stac", PROMPTS[:1], adapter=False)
    assert here[0].text == LEARNT["stac"]
    assert len({reply.text for reply in here}) > 1
    with answering_elsewhere(loaded, step, run / "stac") as answerer:
        assert answerer.ask("stac", PROMPTS) == here
        assert answerer.ask("stac", PROMPTS, constrained=False) == free
        assert answerer.ask("stac", PROMPTS[:1], adapter=False) == alone != here[:1]


def test_an_opened_run_answers_alike(run: Path, loaded: LoadedBase) -> None:
    with answering_here(loaded, get_step("stac"), run / "stac") as answerer:
        assert answerer.ask("stac", PROMPTS) == open_run(run, device="cpu", bf16=False).answerer.ask("stac", PROMPTS)


@pytest.mark.parametrize("loaded", BACKENDS, indirect=True)
def test_the_base_is_afterwards_what_it_was(run: Path, damaged: Path, loaded: LoadedBase) -> None:
    loaded.model.train()
    before = look_at(loaded)
    predict_step(loaded, get_step("stac"), run / "stac", make_stories())
    assert_same(look_at(loaded), before)
    with pytest.raises(TrainingError, match="size mismatch"):
        predict_step(loaded, get_step("stac"), damaged / "stac", make_stories())
    assert_same(look_at(loaded), before)


def test_the_steps_fields_are_replaced_and_all_others_stay(run: Path, loaded: LoadedBase) -> None:
    stories, before = make_stories(), make_stories()
    unused = predict_step(loaded, get_step("stac"), run / "stac", stories)
    assert {problem for each in unused for problem in each.problems} <= {EMPTY}  # what quotes nothing may say nothing
    records = [event.stac for story in stories for event in story.events]
    assert Stac(situation="by an annotator") not in records
    assert any(record is not None and record.situation for record in records)
    for event in (event for story in (*stories, *before) for event in story.events):
        event.stac = None
    assert stories == before


def test_an_answer_that_is_not_valid_leaves_its_field_empty_and_is_handed_back(
    run: Path, loaded: LoadedBase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    story, step = read_story(make_tale(narrative_events=[make_event(1), make_event(2)])), get_step("instrument")
    monkeypatch.setattr(Step, "validate_output", lambda *_: [Problem("$.instrument", "is not there")])
    with caplog.at_level(logging.INFO, "ft_core"):
        unused = predict_step(loaded, step, run / "instrument", [story])
    assert [(each.path, each.event, each.problems) for each in unused] == [
        (f"$.narrative_events[{place}]", f"e{place + 1}", ("$.instrument: is not there",)) for place in range(2)
    ]
    assert all(each.answer.startswith('{"instrument"') for each in unused)
    assert [event.instrument for event in story.events] == ["", ""]
    assert "Step instrument gave 2 answers (not valid, with their field left empty: 2; repaired: 0)." in caplog.messages


def test_a_repaired_answer_fills_its_field_and_is_handed_back(
    run: Path, loaded: LoadedBase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    story, step = read_story(make_tale(narrative_events=[make_event(1)])), get_step("instrument")
    repaired = Repaired({"instrument": "horn", "explanation": ""}, (Problem("$.explanation", "is long; left out"),))
    monkeypatch.setattr(Step, "repair_output", lambda *_: repaired)
    with caplog.at_level(logging.INFO, "ft_core"):
        (noted,) = predict_step(loaded, step, run / "instrument", [story])
    assert (noted.problems, noted.repairs) == ((), ("$.explanation: is long; left out",))
    assert noted.answer.startswith('{"instrument"')
    assert story.events[0].instrument == "horn"
    told = "Step instrument gave 1 answer (not valid, with their field left empty: 0; repaired: 1)."
    assert told in caplog.messages


def test_inputs_that_training_hardly_had_are_not_shown(run: Path, loaded: LoadedBase, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(run, tmp_path / "run"))
    path = copied / "stac" / "contract.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"input_shares": null', '"input_shares": {"summary": 0.01}'), "utf-8"
    )
    told = make_stories()
    silent = deepcopy(told)
    for story in silent:
        story.summary = ""
    for stories in (told, silent):
        predict_step(loaded, get_step("stac"), copied / "stac", stories)
    assert [event.stac for story in told for event in story.events] == [
        event.stac for story in silent for event in story.events
    ]


def test_what_has_changed_since_an_adapter_was_trained_is_told(
    run: Path, loaded: LoadedBase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copied = Path(shutil.copytree(run, tmp_path / "run"))
    (copied / "stac" / "contract.json").unlink()
    predict_step(loaded, get_step("stac"), copied / "stac", make_stories()[:1])
    assert any("stac: what the adapter was trained with is not known" in line for line in caplog.messages)


def test_only_unsloth_on_a_gpu_needs_a_process_of_its_own() -> None:
    def ask(backend: Any, device: Any) -> bool:
        nothing: Any = None
        return needs_own_process(LoadedBase(nothing, nothing, nothing, device, None, backend))

    assert [(b, d) for b in BACKENDS for d in ("cpu", "cuda") if ask(b, d)] == [("unsloth", "cuda")]


def test_an_adapter_that_cannot_be_loaded_is_an_error_with_a_remedy(
    damaged: Path, loaded: LoadedBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = r"(?s)Step 'stac' cannot answer for the steps after it, as predicted_inputs asks: The adapters .* cannot be loaded: .*\n"
    remedy = r"Train the steps after it {}with --predicted-inputs 0\.$"
    with pytest.raises(TrainingError, match=told + remedy.format("")):
        predict_step(loaded, get_step("stac"), damaged / "stac", make_stories())
    monkeypatch.setattr(predictor, "needs_own_process", lambda _: True)
    with pytest.raises(TrainingError, match=told + remedy.format("with --backend hf, or ")):
        predict_step(loaded, get_step("stac"), damaged / "stac", make_stories())


def test_what_a_process_says_last_is_told(run: Path, loaded: LoadedBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictor, "needs_own_process", lambda _: True)
    monkeypatch.setattr(answer_process, "_SERVER", "ft_core.no_such_module")
    with pytest.raises(TrainingError, match=r"has ended: .*No module named ft_core.no_such_module"):
        predict_step(loaded, get_step("stac"), run / "stac", make_stories())


def test_an_error_of_the_training_stack_is_told(run: Path, loaded: LoadedBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("CUDA error: out of luck")

    monkeypatch.setattr(predictor, "answering_here", fail)
    with pytest.raises(TrainingError, match=r"Step 'stac' cannot answer .*: RuntimeError: CUDA error: out of luck"):
        predict_step(loaded, get_step("stac"), run / "stac", make_stories())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"), context=8192)


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_has_answered_does_not_change_the_next_training(base: Path, tmp_path: Path, backend: Any) -> None:
    asked: list[str] = []

    def predict_copies(loaded: LoadedBase, step: Step, folder: Path, stories: Sequence[Story]) -> Sequence[NotedAnswer]:
        asked.append(step.name)
        return predict_step(loaded, step, folder, deepcopy(stories))

    def train(share: float) -> Path:
        config = FineTuneConfig(
            model_name=str(base), device="cpu", backend=backend, output_dir=str(tmp_path / f"run-{share}"), max_steps=2,
            batch_size=2, gradient_accumulation_steps=1, lora_r=2, lora_dropout=0.1, learning_rate=1e-2, max_examples=8,
            predicted_inputs=share,
        )  # fmt: skip
        steps = [get_step("instrument"), get_step("action")]
        with prepare([samples_dir()], steps, config, keep_examples=True) as preparation:
            return train_on_tales(preparation, steps, config, predict=predict_copies).folder

    with_answers, without = train(0.3), train(0.0)
    assert asked == ["instrument"]
    for step in ("instrument", "action"):
        weights = [(run / step / "adapter_model.safetensors").read_bytes() for run in (with_answers, without)]
        assert weights[0] == weights[1]
    assert not (without / "_data" / "predicted_inputs").exists()
