from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core.engine.base_model import GPU_DEFAULT, find_base_model, name_base_model
from ft_core.errors import BaseModelError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub's client with the complete model ``acme/tiny``."""
    from huggingface_hub import constants

    snapshot = tmp_path / "models--acme--tiny" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}", encoding="utf-8")
    (snapshot / "model.safetensors").write_bytes(b"")
    refs = tmp_path / "models--acme--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT, encoding="utf-8")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_auto_depends_on_the_device() -> None:
    assert name_base_model("auto", "cpu") == "smollm2-135m"
    assert name_base_model("auto", "cuda") == GPU_DEFAULT == "unsloth/Qwen2.5-7B-Instruct"


def test_a_local_folder_is_recorded_by_its_absolute_path(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny_llama.parent)
    base = find_base_model("./llama")
    assert base.name == str(tiny_llama)
    assert base.locate() == tiny_llama
    assert base.read_config()["model_type"] == "llama"


def test_a_hub_model_in_the_cache_works_offline_and_keeps_its_name(hub_cache: Path) -> None:
    base = find_base_model("acme/tiny")
    assert (base.name, base.revision) == ("acme/tiny", COMMIT)
    assert base.locate().is_relative_to(hub_cache)


def test_an_incomplete_hub_model_is_as_good_as_none(hub_cache: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    snapshot = hub_cache / "models--acme--tiny" / "snapshots" / COMMIT
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(BaseModelError, match=r"not in the hub's cache"):
        find_base_model("acme/tiny")


def test_a_model_that_is_not_there_names_both_ways_out(hub_cache: Path) -> None:
    with pytest.raises(BaseModelError) as caught:
        find_base_model("acme/other")
    assert "hf download acme/other" in str(caught.value)
    assert "a local folder, or the embedded smollm2-135m" in str(caught.value)


@pytest.mark.usefixtures("hub_cache")
def test_a_failed_download_says_why_and_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def fail(name: str, **options: object) -> str:
        if options.get("local_files_only"):
            raise huggingface_hub.errors.LocalEntryNotFoundError("not there")
        raise ConnectionError("no route to host")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with pytest.raises(
        BaseModelError, match=r"cannot be fetched: ConnectionError: no route to host.\n.*hf download acme/other"
    ):
        find_base_model("acme/other")


def test_a_download_without_safetensors_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, **options: str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with pytest.raises(BaseModelError, match=r"'acme/pickles' on the hub has no config.json with \*.safetensors"):
        find_base_model("acme/pickles")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("smolm2-135m", "There is no base model 'smolm2-135m'. Did you mean 'smollm2-135m'?"),
        ("two words", "'two words' is neither a folder nor a model's name on the hub"),
        ("/no/such/folder", "The base model's folder /no/such/folder does not exist"),
    ],
)
def test_a_name_that_cannot_be_meant_is_an_error(name: str, message: str) -> None:
    with pytest.raises(BaseModelError) as caught:
        find_base_model(name)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "holds no model: it has no config.json"),
        (["adapter_config.json"], "holds an adapter, not a base model"),
        (["config.json", "pytorch_model.bin"], "holds no *.safetensors weights; other formats are not read"),
    ],
)
def test_a_folder_that_is_no_base_model_is_an_error(tmp_path: Path, files: list[str], message: str) -> None:
    for name in files:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(BaseModelError) as caught:
        find_base_model(str(tmp_path))
    assert message in str(caught.value)


def test_a_broken_configuration_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BaseModelError, match=r"config.json cannot be read"):
        find_base_model(str(tmp_path)).read_config()


@pytest.mark.parametrize("name", ["acme/foo--bar", "acme/foo..bar", "acme/x.git"])
def test_a_name_that_the_hub_forbids_is_no_base_model(name: str) -> None:
    with pytest.raises(BaseModelError, match=r"is neither a folder nor a model's name on the hub"):
        find_base_model(name)
