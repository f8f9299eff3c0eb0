from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase, load_base
from tests.engine.backend.measurement import Measure, Measurement, ask, measuring


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measure]:
    """Measures a base with a backend; the same weights for all of a base's measurements."""
    folder = tmp_path_factory.mktemp("measured")
    with ExitStack() as opened:

        @cache
        def open_process(kind: str) -> tuple[subprocess.Popen[str], Path]:
            return opened.enter_context(measuring(kind, folder / f"{kind}.log")), folder / f"{kind}.log"

        @cache
        def measure(base: Path, backend: str, *, checkpointing: bool = False, after_unsloth: bool = False) -> Measurement:
            process, log = open_process("patched" if after_unsloth or backend == "unsloth" else "plain")
            return ask(process, log, base, backend, checkpointing=checkpointing)

        yield measure


@pytest.fixture(scope="session", params=["unsloth", "hf"])
def either(request: pytest.FixtureRequest, tiny_llama: Path) -> LoadedBase:
    """A tiny Llama on the CPU, loaded with each backend, in this process, which Unsloth patches."""
    values = {"model_name": str(tiny_llama), "device": "cpu", "bf16": False, "backend": request.param}
    return load_base(FineTuneConfig.model_validate(values))
