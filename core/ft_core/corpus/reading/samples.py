"""Where the sample tales are that come with ft-core."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

__all__ = ["samples_dir"]


def samples_dir() -> Path:
    """Return the folder of the sample tales, to be read like any other folder of tales."""
    return Path(str(resources.files("ft_core").joinpath("samples")))
