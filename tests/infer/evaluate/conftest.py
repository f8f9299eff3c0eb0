from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.corpus.reading.samples import samples_dir
from tests.infer.evaluate.standing import save_run
from tests.plugins.asking import STEPS


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the sample tales, of which three or more are held out; its adapters are never asked."""
    return save_run(tmp_path_factory.mktemp("runs") / "run", samples_dir(), STEPS, test_fraction=0.3)
