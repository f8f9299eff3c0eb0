from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file, save_file

from ft_core.engine.chat import Chat
from ft_core.engine.contract.contract import Contract
from ft_core.engine.contract.contract_file import read_contract
from ft_core.engine.contract.effect import check_effect, list_adapted
from ft_core.errors import AdapterError
from tests.engine.contract.conftest import change_json

if TYPE_CHECKING:
    from peft import PeftModel


@pytest.fixture
def contract(run: Path) -> Contract:
    made = read_contract(run / "moral")
    assert made is not None
    return made


def load(base: Path, *folders: Path) -> PeftModel:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folders[0], adapter_name=folders[0].name)
    for folder in folders[1:]:
        model.load_adapter(folder, adapter_name=folder.name)
    return model.eval()


def zero(folder: Path) -> None:
    weights = load_file(folder / "adapter_model.safetensors")
    zeroed = {name: torch.zeros_like(each) if "lora_B" in name else each for name, each in weights.items()}
    save_file(zeroed, folder / "adapter_model.safetensors", metadata={"format": "pt"})


def test_a_trained_adapter_takes_effect(run: Path, whole_base: Path, chat: Chat, contract: Contract) -> None:
    model = load(whole_base, run / "moral")
    assert list_adapted(model, "moral") == contract.adapter.modules
    check_effect(model, chat, "moral", contract)


def test_an_adapter_whose_weights_do_nothing_is_refused(run: Path, whole_base: Path, chat: Chat, contract: Contract) -> None:
    zero(run / "moral")
    with pytest.raises(
        AdapterError, match=r"'moral' did not take effect: to a probe prompt the model answers exactly as its base"
    ):
        check_effect(load(whole_base, run / "moral"), chat, "moral", contract)


def test_an_adapter_on_fewer_layers_than_it_was_trained_on_is_refused(
    run: Path, whole_base: Path, chat: Chat, contract: Contract
) -> None:
    change_json(run / "moral" / "adapter_config.json", target_modules=["q_proj", "v_proj"])
    message = r"trained on 14 layers and sits on 4; it is missing on model.layers.0.mlp.down_proj, .* and others. Train the"
    with pytest.raises(AdapterError, match=message):
        check_effect(load(whole_base, run / "moral"), chat, "moral", contract)


def test_an_adapter_on_more_layers_is_refused(run: Path, whole_base: Path, chat: Chat, contract: Contract) -> None:
    targets = [f"{name}_proj" for name in ("q", "k", "v", "o", "gate", "up", "down")]
    change_json(run / "moral" / "adapter_config.json", target_modules=[*targets, "lm_head"])
    with pytest.raises(AdapterError, match=r"trained on 14 layers and sits on 15; it also sits on lm_head. Train"):
        check_effect(load(whole_base, run / "moral"), chat, "moral", contract)


def test_of_several_adapters_each_is_checked_alone_and_the_active_one_stays(
    run: Path, whole_base: Path, chat: Chat, contract: Contract
) -> None:
    idle = Path(shutil.copytree(run / "moral", run / "idle"))
    zero(idle)
    model = load(whole_base, run / "moral", idle)
    model.set_adapter("idle")
    check_effect(model, chat, "moral", contract)
    assert model.active_adapters == ["idle"]
    with pytest.raises(AdapterError, match=r"The adapter 'idle' did not take effect"):
        check_effect(model, chat, "idle", contract)
    with pytest.raises(
        AdapterError, match=r"The adapter 'gone' did not take effect: it was trained on 14 layers and sits on 0"
    ):
        check_effect(model, chat, "gone", contract)
    assert model.active_adapters == ["idle"]
