from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase, load_base
from tests.engine.backend.measurement import Measure, Measurement, run_measure


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measure:
    """Measures a base with a backend; the same weights for all of a base's measurements."""
    folder = tmp_path_factory.mktemp("measured")

    @cache
    def measure(base: Path, backend: str, *flags: str) -> Measurement:
        return run_measure(base, backend, folder, *flags)

    return measure


@pytest.fixture(scope="session", params=["unsloth", "hf"])
def either(request: pytest.FixtureRequest, tiny_llama: Path) -> LoadedBase:
    """A tiny Llama on the CPU, loaded with each backend, in this process, which Unsloth patches."""
    values = {"model_name": str(tiny_llama), "device": "cpu", "bf16": False, "backend": request.param}
    return load_base(FineTuneConfig.model_validate(values))
