"""Which distributions are installed, without importing them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["find_version", "has_training_stack"]


def find_version(name: str) -> str | None:
    """Return a distribution's version without that of a local build (``2.13.0+cpu`` is ``2.13.0``), or None."""
    try:
        return (version(name) or "?").partition("+")[0]
    except PackageNotFoundError:
        return None


def has_training_stack() -> bool:
    """Say whether anybody meant to train here: a plain ``pip install ft-core`` has neither PyTorch nor Unsloth."""
    return any(find_version(name) for name in ("torch", "unsloth"))
