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


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    return monkeypatch


def test_threads_spin_for_a_moment_and_then_sleep(waiting: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        prepare_environment()
        assert os.environ["OMP_WAIT_POLICY"] == "passive"
        assert 0 < int(os.environ["GOMP_SPINCOUNT"]) < 10_000


@pytest.mark.parametrize(("name", "other"), [("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"), ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")])
def test_who_has_said_how_threads_wait_has_said_it_all(waiting: pytest.MonkeyPatch, name: str, other: str) -> None:
    waiting.setenv(name, "7")
    prepare_environment()
    assert os.environ[name] == "7"
    assert other not in os.environ


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
