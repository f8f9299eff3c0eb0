from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.bases import save_base
from tests.tales import make_tale, write_tale


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny base model of random weights."""
    return save_base(tmp_path_factory.mktemp("base") / "llama", "llama", context=8192)


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    """A folder of four tales."""
    folder = tmp_path / "tales"
    for name in ("ant", "bee", "cat", "dog"):
        write_tale(folder, make_tale(name))
    return folder
