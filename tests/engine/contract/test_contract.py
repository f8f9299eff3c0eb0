from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.contract.comparison import compare
from ft_core.engine.contract.contract import FORMAT, make_contract
from ft_core.engine.contract.contract_file import CONTRACT_FILE, read_contract, write_contract
from ft_core.engine.contract.training_terms import TrainingTerms, measure_inputs
from ft_core.errors import ContractError, HookFailedError
from ft_core.example import Example, TrainingText
from ft_core.prompt import Prompt
from ft_core.step import load_steps
from tests.engine.contract.conftest import PlantStep

STEPS = [step.name for step in load_steps().working]

WRITE_ALL = """
import sys
from pathlib import Path
from ft_core.engine.unsloth_stack import import_torch
import_torch()
from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.contract.contract import make_contract
from ft_core.engine.contract.contract_file import write_contract
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.step import load_steps
base, out = Path(sys.argv[1]), Path(sys.argv[2])
for step in load_steps().working:
    write_contract(out / step.name, make_contract(step, Chat(load_tokenizer(base)), BaseModel(str(base), base)))
"""


@pytest.mark.parametrize("name", STEPS)
def test_the_contract_of_every_step_is_read_as_it_was_written(name: str, chat: Chat, base: BaseModel, tmp_path: Path) -> None:
    contract = make_contract(load_steps().get(name), chat, base)
    write_contract(tmp_path, contract)
    assert read_contract(tmp_path) == contract
    assert compare(contract, contract) == []


@pytest.mark.parametrize("name", STEPS)
def test_every_sample_tale_is_asked_about_without_and_with_optional_material(name: str, chat: Chat, base: BaseModel) -> None:
    prompts = make_contract(load_steps().get(name), chat, base).prompts
    assert len(prompts.probes) == 20
    assert {probe.system for probe in prompts.probes} == {None}
    for key in {"summary", "instrument", "stac"}.intersection(prompts.probes[0].inputs or {}):
        shown = {probe.variant: bool((probe.inputs or {})[key]) for probe in prompts.probes}
        assert shown == {"bare": False, "full": True}


def test_another_hash_seed_gives_the_same_bytes(chat: Chat, base: BaseModel, tmp_path: Path) -> None:
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    command = [sys.executable, "-c", WRITE_ALL, str(base.folder), str(tmp_path / "there")]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
    for name in STEPS:
        write_contract(tmp_path / "here", make_contract(load_steps().get(name), chat, base))
        here, there = (folder / CONTRACT_FILE for folder in (tmp_path / "here", tmp_path / "there" / name))
        assert here.read_bytes() == there.read_bytes()


def test_nothing_of_this_machine_is_in_it(chat: Chat, base: BaseModel, tmp_path: Path) -> None:
    write_contract(tmp_path, make_contract(load_steps().get("action"), chat, base))
    text = (tmp_path / CONTRACT_FILE).read_text(encoding="utf-8")
    assert str(base.folder) not in text
    assert str(Path.home()) not in text
    assert json.loads(text)["base"]["name"] == "base"


def test_a_folder_without_a_contract_gives_none(tmp_path: Path) -> None:
    assert read_contract(tmp_path) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"contract.json is not the contract of an adapter \(Expecting property name"),
        ("[]", r"is not the contract of an adapter \(\$: "),
        ('{"format": 1}', r"\(step: field required\). Train the step anew with --overwrite"),
        (f'{{"format": {FORMAT + 1}}}', rf"was written by a newer ft-core \(form {FORMAT + 1}\). Upgrade ft-core"),
    ],
)
def test_a_contract_that_cannot_be_read_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / CONTRACT_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match=message):
        read_contract(tmp_path)


def test_keys_of_a_later_version_of_the_same_form_are_passed_over(chat: Chat, base: BaseModel, tmp_path: Path) -> None:
    contract = make_contract(load_steps().get("stac"), chat, base)
    values = asdict(contract) | {"mood": "merry"}
    (tmp_path / CONTRACT_FILE).write_text(json.dumps(values), encoding="utf-8")
    assert read_contract(tmp_path) == contract


def test_a_step_that_fails_on_a_sample_tale_gets_no_contract(plant_step: PlantStep, chat: Chat, base: BaseModel) -> None:
    step = plant_step('{"segment": event.text', '{"segment": event.txt')
    with pytest.raises(HookFailedError, match=r"Step 'moral': hook 'build_inputs' of acme-moral 1.0 raised AttributeError"):
        make_contract(step, chat, base)


def test_shares_count_what_is_filled_in_and_nothing_where_inputs_are_not_known() -> None:
    inputs = [{"summary": "A fox.", "k": 0}, {"summary": "", "k": None}, {"summary": "", "k": 2}, {"k": 1}]
    examples = [Example(each, {}, "tale", f"e{i}") for i, each in enumerate(inputs)]
    texts = [replace(example, prompt=Prompt("", "?")).as_text() for example in examples]
    assert measure_inputs(texts) == {"k": 0.75, "summary": 0.25}
    assert measure_inputs([]) is None
    assert measure_inputs([*texts, TrainingText(Prompt("", "?"), "{}", "tale", "line 1")]) is None


def test_inputs_of_fewer_than_one_example_in_twenty_are_rare() -> None:
    terms = TrainingTerms(100, 9, {"segment": 1.0, "stac": 0.0, "instrument": 0.049, "summary": 0.05})
    assert terms.list_rare() == ("instrument", "stac")
    assert replace(terms, input_shares=None).list_rare() == ()
