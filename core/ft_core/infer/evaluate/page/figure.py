"""How the page writes figures between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["format_difference", "format_interval", "format_p", "format_value"]

_LEAST_P = 0.001


def format_value(figure: Mapping[str, Any] | None) -> str:
    """Write a figure's value.

    >>> format_value({"value": 0.5}), format_value({"value": None}), format_value(None)
    ('0.500', '–', '–')
    """
    return "–" if not figure or figure.get("value") is None else f"{figure['value']:.3f}"


def format_interval(figure: Mapping[str, Any] | None) -> str:
    """Write a figure's interval.

    >>> format_interval({"low": 0.25, "high": 0.5}), format_interval({"low": None, "high": None})
    ('0.25–0.50', '–')
    """
    return "–" if not figure or figure.get("low") is None else f"{figure['low']:.2f}–{figure['high']:.2f}"


def format_difference(figure: Mapping[str, Any]) -> tuple[str, str]:
    """Write a difference and its interval, with their signs.

    >>> format_difference({"value": 0.125, "low": -0.01, "high": 0.26})
    ('+0.125', '−0.01 to +0.26')
    """
    interval = "–" if figure["low"] is None else f"{figure['low']:+.2f} to {figure['high']:+.2f}".replace("-", "−")
    return f"{figure['value']:+.3f}".replace("-", "−"), interval


def format_p(p: float) -> str:
    """Write a p value.

    >>> format_p(0.0312), format_p(0.0004)
    ('0.031', '<0.001')
    """
    return f"<{_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"
