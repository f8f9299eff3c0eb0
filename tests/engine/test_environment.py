from __future__ import annotations

import os
from pathlib import Path

import pytest

from ft_core.engine.environment import allow_network, cache_dir, go_offline, prepare_environment


def test_the_cache_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_CORE_CACHE", "~/here")
    assert cache_dir() == Path.home() / "here"
    monkeypatch.delenv("FT_CORE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_dir() == Path("/caches/ft-core")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_dir() == Path.home() / ".cache" / "ft-core"


def test_the_training_stack_is_told_to_be_quiet_and_to_compile_into_an_absolute_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_DISABLE_TELEMETRY", "UNSLOTH_DISABLE_STATISTICS", "UNSLOTH_COMPILE_LOCATION"):
        monkeypatch.delenv(name, raising=False)
    prepare_environment()
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == os.environ["UNSLOTH_DISABLE_STATISTICS"] == "1"
    assert Path(os.environ["UNSLOTH_COMPILE_LOCATION"]).is_absolute()


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSLOTH_COMPILE_LOCATION", "/elsewhere")
    prepare_environment()
    assert os.environ["UNSLOTH_COMPILE_LOCATION"] == "/elsewhere"


def test_going_offline_reaches_a_hub_client_that_is_already_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    go_offline()
    assert constants.HF_HUB_OFFLINE
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert allow_network()
    assert not constants.HF_HUB_OFFLINE


def test_who_has_chosen_to_be_offline_stays_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    go_offline()
    assert not allow_network()
    assert os.environ["HF_HUB_OFFLINE"] == "1"
