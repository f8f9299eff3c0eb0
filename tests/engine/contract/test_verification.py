from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.contract import prompt_terms
from ft_core.engine.contract.contract import remake_contract
from ft_core.engine.contract.contract_file import CONTRACT_FILE, read_contract
from ft_core.engine.contract.verification import check_contract, verify_adapters
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.errors import AdapterError, ContractError, HookFailedError
from ft_core.step import Step
from tests.engine.bases import save_base
from tests.engine.contract.conftest import PlantStep, change_json

Verify = Callable[..., list[str]]


@pytest.fixture
def verify(run: Path, base: BaseModel) -> Verify:
    """Verify the run's adapter with what it was trained with, but for what the test gives."""

    def call(step: Step, base: BaseModel = base, *, allow_drift: bool = False) -> list[str]:
        chats = {"moral": Chat(load_tokenizer(run / "moral"))}
        return verify_adapters(run, [step], chats, base, allow_drift=allow_drift)

    return call


def refused(verify: Verify, *arguments: object) -> str:
    with pytest.raises(ContractError) as caught:
        verify(*arguments)
    text = str(caught.value)
    assert text.startswith("The adapters were trained with something else than what is here now:\n  - moral: ")
    assert text.endswith("or use the adapters all the same with --allow-drift: their answers may be worse than was measured.")
    told = [line.removeprefix("  - ") for line in text.splitlines()[1:-1]]
    warnings = verify(*arguments, allow_drift=True)
    assert warnings[: len(told)] == told
    return text


def test_the_contract_says_what_was_trained(run: Path) -> None:
    contract = read_contract(run / "moral")
    assert contract is not None
    assert (contract.training.examples, contract.training.input_shares) == (6, None)
    assert contract.training.longest_answer == 14
    assert contract.adapter.modules[:2] == ("model.layers.0.mlp.down_proj", "model.layers.0.mlp.gate_proj")
    assert len(contract.adapter.modules) == 14
    assert contract.chat.options["enable_thinking"] is False


def test_nothing_changed_is_nothing_to_say(plant_step: PlantStep, verify: Verify) -> None:
    assert verify(plant_step()) == []


def test_a_base_that_has_moved_is_the_same_base(plant_step: PlantStep, verify: Verify, base: BaseModel, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(base.locate(), tmp_path / "elsewhere"))
    assert verify(plant_step(), BaseModel(str(moved), moved)) == []


def test_one_character_of_a_prompt_is_named(plant_step: PlantStep, verify: Verify) -> None:
    step = plant_step("What does the segment teach?", "What does the segment teach!")
    assert (
        "moral: the prompt's static text, from character 28: 'What does the segment teach? Answer as JSON.' in training, "
        "'What does the segment teach! Answer as JSON.' now\n"
    ) in refused(verify, step)


def test_one_character_after_the_material_is_named_with_its_probe(plant_step: PlantStep, verify: Verify) -> None:
    message = refused(verify, plant_step('inputs["segment"])', 'inputs["segment"] + ".")'))
    assert re.search(
        r"moral: the prompt of probe sample_en_01_magic_swan_geese/magic-swan-geese-01 \(bare\), from character \d+ "
        r"\(19 more differ\): '….*' in training, '….*\.' now",
        message,
    )
    assert message.count("\n") == 2


def test_another_input_is_named_by_its_key(plant_step: PlantStep, verify: Verify) -> None:
    message = refused(verify, plant_step('"known": [character.name', '"known": [character.name.upper()'))
    assert (
        "moral: the input 'known' of probe sample_en_01_magic_swan_geese/magic-swan-geese-09 (full), from character 4"
        in message
    )
    assert message.count("\n") == 2


def test_a_step_that_falls_silent_is_named(plant_step: PlantStep, verify: Verify) -> None:
    step = plant_step('    return {"segment"', '    return NotApplicable("no") if story.summary else {"segment"')
    message = refused(verify, step)
    assert "moral: whether the step asks about probe sample_en_01_magic_swan_geese/magic-swan-geese-09 (full)" in message
    assert "(9 more differ): it did in training, it does not now" in message


def test_a_prompt_that_reads_a_new_input_is_asked_with_that(plant_step: PlantStep, verify: Verify) -> None:
    titled = ('{"segment": event.text', '{"title": story.title, "segment": event.text')
    message = refused(verify, plant_step(*titled, 'inputs["segment"])', 'inputs["title"])'))
    assert "moral: the prompt of probe sample_en_01_magic_swan_geese/magic-swan-geese-01 (bare), from character 1" in message
    assert re.search(r"moral: the input 'title' of probe .* \(19 more differ\): not there in training, there now", message)
    with pytest.raises(HookFailedError, match=r"hook 'build_prompt' of acme-moral 1.0 raised KeyError: 'title'"):
        verify(plant_step('inputs["segment"])', 'inputs["title"])'))


def test_another_schema_is_named(plant_step: PlantStep, verify: Verify) -> None:
    message = refused(verify, plant_step('{"moral": {"type": "string"}}', '{"moral": {"type": "string", "maxLength": 9}}'))
    assert "moral: the output schema, from character 56: '" in message


HOOK = "@hookimpl\ndef narrow_schema(schema):\n    schema['properties']['moral']['maxLength'] = 9\n    return schema\n\n\n"
NARROWED = ("@hookimpl\ndef validate_output", f"{HOOK}@hookimpl\ndef validate_output")


def test_another_narrowing_is_named_with_its_probe(plant_step: PlantStep, verify: Verify) -> None:
    message = refused(verify, plant_step(*NARROWED))
    assert "moral: the narrowed schema of probe sample_en_01_magic_swan_geese/magic-swan-geese-01 (bare), from" in message
    assert "(19 more differ): 'the output schema' in training, '{" in message


def test_a_contract_of_before_there_was_a_narrowing_says_nothing_of_it(
    plant_step: PlantStep, verify: Verify, run: Path
) -> None:
    contract = json.loads((run / "moral" / CONTRACT_FILE).read_text(encoding="utf-8"))
    assert [probe.pop("narrowed") for probe in contract["prompts"]["probes"]] == [{}] * 20
    change_json(run / "moral" / CONTRACT_FILE, **contract)
    assert verify(plant_step(*NARROWED)) == []


def test_another_order_of_the_answers_keys_is_named(plant_step: PlantStep, verify: Verify) -> None:
    step = plant_step(
        '"required": ["moral"],\n    "additionalProperties": False', '"additionalProperties": False,\n    "required": ["moral"]'
    )
    assert "moral: the output schema" in refused(verify, step)


def test_another_version_is_told_and_another_provider_is_refused(plant_step: PlantStep, verify: Verify) -> None:
    assert verify(plant_step(version="1.1")) == ["moral: the version of acme-moral: 1.0 in training, 1.1 now"]
    message = refused(verify, plant_step(distribution="other-moral"))
    assert "moral: the distribution that provides the step: acme-moral in training, other-moral now" in message


def test_one_character_of_the_chat_template_is_named(plant_step: PlantStep, verify: Verify, run: Path) -> None:
    path = run / "moral" / "chat_template.jinja"
    path.write_text(path.read_text(encoding="utf-8").replace("assistant\n", "assistant:\n"), encoding="utf-8")
    message = refused(verify, plant_step())
    assert re.search(r"moral: the chat template, from character 181: .*assistant\\n.* in training, .*assistant:\\n", message)
    assert "moral: the tokens of the prompt of probe" in message


def test_another_special_token_is_named(plant_step: PlantStep, verify: Verify, run: Path) -> None:
    change_json(run / "moral" / "tokenizer_config.json", pad_token="<|im_start|>")  # noqa: S106  # not a secret
    message = refused(verify, plant_step())
    assert "moral: the special token pad_token: '<|endoftext|>' (0) in training, '<|im_start|>' (1) now" in message


def test_another_thinking_flag_is_named(plant_step: PlantStep, verify: Verify, run: Path) -> None:
    path = run / "moral" / CONTRACT_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"enable_thinking": false', '"enable_thinking": true'), encoding="utf-8")
    assert "moral: the chat template's option enable_thinking: True in training, False now" in refused(verify, plant_step())


@pytest.mark.parametrize("place", [-1, 1000])
def test_one_byte_of_the_weights_is_named(
    plant_step: PlantStep, verify: Verify, base: BaseModel, tmp_path: Path, place: int
) -> None:
    other = Path(shutil.copytree(base.locate(), tmp_path / "base"))
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[place] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    message = refused(verify, plant_step(), BaseModel(str(other), other))
    assert "moral: model.safetensors of the base model base: 538984 bytes with hash " in message


@pytest.mark.parametrize(
    "change",
    [
        ("config.json", '"rms_norm_eps": 1e-06', '"rms_norm_eps": 1e-05'),
        ("chat_template.jinja", "assistant", "Assistant"),
        ("tokenizer.json", '"Ġa"', '"Ġb"'),
    ],
)
def test_one_character_of_the_bases_files_is_named(
    plant_step: PlantStep, verify: Verify, base: BaseModel, tmp_path: Path, change: tuple[str, str, str]
) -> None:
    file, old, new = change
    other = Path(shutil.copytree(base.locate(), tmp_path / "other"))
    text = (other / file).read_text(encoding="utf-8")
    assert old in text
    (other / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    message = refused(verify, plant_step(), BaseModel(str(other), other))
    assert "moral: the base model: base in training, other now" in message
    assert f"moral: {file} of the base model other: " in message


def test_another_base_is_named(plant_step: PlantStep, verify: Verify, tmp_path: Path) -> None:
    other = save_base(tmp_path / "qwen", "qwen2")
    message = refused(verify, plant_step(), BaseModel("owner/qwen", other, "0123456789abcdef"))
    assert "moral: the base model: base in training, owner/qwen at 0123456789ab now" in message


def test_the_library_that_wrote_the_base_is_no_part_of_it(
    plant_step: PlantStep, verify: Verify, base: BaseModel, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(base.locate(), tmp_path / "other"))
    change_json(other / "config.json", transformers_version="5.0")
    assert verify(plant_step(), BaseModel(str(other), other)) == []


def test_other_weights_of_the_adapter_are_named_and_damaged_ones_refused(
    plant_step: PlantStep, verify: Verify, run: Path
) -> None:
    path = run / "moral" / "adapter_model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "moral: the adapter's adapter_model.safetensors: " in refused(verify, plant_step())
    path.write_bytes(content[:4])
    with pytest.raises(
        AdapterError, match=r"adapter_model.safetensors cannot be read: it is not a safetensors file. Train the"
    ):
        verify(plant_step())


def test_an_adapter_without_a_contract_needs_leave(plant_step: PlantStep, verify: Verify, run: Path) -> None:
    (run / "moral" / CONTRACT_FILE).unlink()
    message = refused(verify, plant_step())
    assert f"moral: what the adapter was trained with is not known, for it has no {CONTRACT_FILE}" in message


def test_a_sample_tale_that_was_edited_is_told_and_its_prompts_still_compared(
    plant_step: PlantStep, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_terms, "list_probe_tales", tuple)
    (warning,) = verify(plant_step())
    assert "sample tales (sample_en_01_magic_swan_geese, " in warning
    message = refused(verify, plant_step("teach?", "teach!"))
    assert "the prompt's static text, from character 28" in message


def test_a_step_that_asks_nothing_about_the_samples_is_told(plant_step: PlantStep, run: Path, base: BaseModel) -> None:
    silent = plant_step('    return {"segment"', '    return NotApplicable("no") if story else {"segment"')
    chat = Chat(load_tokenizer(run / "moral"))
    prompts = prompt_terms.describe_prompts(silent, chat)
    assert prompts.probes == ()
    change_json(run / "moral" / CONTRACT_FILE, prompts=asdict(prompts))
    (warning,) = verify_adapters(run, [silent], {"moral": chat}, base)
    assert warning == "Step 'moral' asks nothing about the sample tales, so its prompts were not compared."


def test_one_contract_is_checked_by_itself(plant_step: PlantStep, run: Path, base: BaseModel) -> None:
    trained = read_contract(run / "moral")
    assert trained is not None
    now = remake_contract(trained, plant_step("teach?", "teach!"), Chat(load_tokenizer(run / "moral")), base, run / "moral")
    with pytest.raises(ContractError, match=r"moral: the prompt's static text, from character 28"):
        check_contract(trained, now)
    assert len(check_contract(trained, now, allow_drift=True)) == 1
