from __future__ import annotations

import json
import logging
import shutil
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest

from ft_core.engine.run_file import StepRecord, read_run, write_run
from ft_core.errors import AdapterError, RunError, UnknownStepError
from ft_core.infer.generate import open_run as opening
from ft_core.infer.generate.answer_limit import DEFAULT_NEW_TOKENS
from ft_core.infer.generate.open_run import open_run
from ft_core.step import load_steps
from tests.infer.models import LEARNT, PROMPT


@pytest.fixture
def copied(run: Path, tmp_path: Path) -> Path:
    """A run that a test may damage."""
    return Path(shutil.copytree(run, tmp_path / "run"))


def edit_record(folder: Path, **changes: object) -> None:
    record = read_run(folder)
    assert record is not None
    write_run(folder, replace(record, **changes))


def test_adapters_share_one_base_and_each_says_what_it_has_learnt(run: Path) -> None:
    opened = open_run(run, device="cpu")
    assert [step.name for step in opened.steps] == ["instrument", "stac"]
    for step, answer in LEARNT.items():
        for constrained in (False, True):
            (reply,) = opened.answerer.ask(step, [PROMPT], constrained=constrained)
            assert (reply.text, reply.ended) == (answer, True)
            assert reply.confidence is not None
            assert 0.3 < reply.confidence < 1


def test_the_base_answers_for_itself_and_for_every_step_alike(run: Path) -> None:
    answerer = open_run(run, device="cpu", max_new_tokens=20).answerer
    (alone,) = answerer.ask("stac", [PROMPT], adapter=False, constrained=False)
    assert alone.text != LEARNT["stac"]
    assert answerer.ask("instrument", [PROMPT], adapter=False, constrained=False) == [alone]
    (adapted,) = answerer.ask("instrument", [PROMPT], constrained=False)
    assert LEARNT["instrument"].startswith(adapted.text)


def test_an_answer_may_be_twice_as_long_as_the_longest_that_was_trained(run: Path, copied: Path) -> None:
    opened = open_run(run, device="cpu")
    for step, answer in LEARNT.items():
        tokens = len(opened.chats[step].answer_ids(answer)) + 1
        assert opened.max_new_tokens[step] == max(64, 2 * tokens)
    older = json.loads((copied / "run.json").read_text(encoding="utf-8"))
    for step in older["steps"].values():
        del step["longest_answer"]
    (copied / "run.json").write_text(json.dumps(older), encoding="utf-8")
    assert set(open_run(copied, device="cpu").max_new_tokens.values()) == {DEFAULT_NEW_TOKENS}


def test_equal_tokenizers_are_loaded_once(run: Path) -> None:
    chats = open_run(run, device="cpu").chats
    assert chats["instrument"] is chats["stac"]


def test_only_the_steps_that_are_named_are_loaded(run: Path) -> None:
    opened = open_run(run, steps=["stac"], device="cpu")
    assert [step.name for step in opened.steps] == ["stac"]
    with pytest.raises(UnknownStepError, match=r"No step 'instrument' can be asked. There are: stac."):
        opened.answerer.ask("instrument", [PROMPT])


def test_a_step_that_the_run_has_not_trained_is_an_error(run: Path) -> None:
    with pytest.raises(UnknownStepError, match=r"has no trained step 'stak'. Did you mean 'stac'\? Trained: instrument, stac."):
        open_run(run, steps=["stak"], device="cpu")


def test_a_step_that_is_not_installed_any_more_is_an_error(run: Path) -> None:
    without = load_steps()
    without.working = tuple(step for step in without.working if step.name != "stac")
    with pytest.raises(UnknownStepError, match=r"No step 'stac' is installed"):
        open_run(run, device="cpu", installed=without)


def test_a_folder_without_a_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"holds no run: it has no run.json. Name the --output-dir of a training."):
        open_run(tmp_path, device="cpu")


def test_a_run_that_trained_nothing_is_an_error(copied: Path) -> None:
    edit_record(copied, steps={"stac": StepRecord("failed", reason="no memory")})
    with pytest.raises(RunError, match=r"has no trained step \(steps: stac failed\). Train it, or go on with --resume."):
        open_run(copied, device="cpu")


def test_a_missing_adapter_is_an_error(copied: Path) -> None:
    shutil.rmtree(copied / "stac")
    with pytest.raises(RunError, match=r"stac holds no adapter: adapter_config.json cannot be read .* Train it first."):
        open_run(copied, device="cpu")


def test_an_adapter_of_another_base_is_an_error(copied: Path) -> None:
    path = copied / "stac" / "adapter_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(settings | {"base_model_name_or_path": "acme/tiny"}), encoding="utf-8")
    with pytest.raises(RunError, match=r"some adapters are of another one \(stac: acme/tiny\). Train these steps anew"):
        open_run(copied, device="cpu")
    assert open_run(copied, steps=["instrument"], device="cpu").steps[0].name == "instrument"


def test_weights_that_cannot_be_read_are_an_error(copied: Path) -> None:
    (copied / "stac" / "adapter_model.safetensors").write_bytes(b"not weights")
    with pytest.raises(
        AdapterError, match=r"adapter_model.safetensors cannot be read: it is not a safetensors file. Train the step anew"
    ):
        open_run(copied, device="cpu")


def test_a_base_in_four_bits_is_not_quantised_on_a_cpu_and_the_log_says_so(
    copied: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = read_run(copied)
    assert record is not None
    edit_record(copied, config={**record.config, "load_in_4bit": True})
    with caplog.at_level(logging.WARNING, "ft_core"):
        opened = open_run(copied, device="cpu")
    assert "trained with a base in 4 bits, which needs a GPU; here the base is not quantised" in caplog.text
    assert opened.answerer.ask("instrument", [PROMPT])[0].text == LEARNT["instrument"]


def test_a_process_that_unsloth_has_patched_is_refused_on_a_gpu(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_device", lambda _: "cuda")
    monkeypatch.setitem(sys.modules, "unsloth", types.ModuleType("unsloth"))
    with pytest.raises(RunError, match=r"has imported Unsloth, which patches transformers. Open the run in a new process."):
        open_run(run)
