"""How reports write numbers, on pages and on a terminal."""

from __future__ import annotations

from typing import Any

__all__ = ["count_things", "format_number", "format_share", "format_value"]

_LOW, _HIGH = 0.0995, 0.995
_LEAST = 0.0005


def format_number(number: float) -> str:
    """Write a number with a comma at the thousands and at most one decimal.

    >>> format_number(12345), format_number(510.25), format_number(900.0)
    ('12,345', '510.2', '900')
    """
    return f"{number:,.1f}".removesuffix(".0")


def format_share(share: float) -> str:
    r"""Write a share as a percentage, so that only nothing is 0 % and only everything is 100 %.

    >>> [format_share(share).replace("\xa0", " ") for share in (0, 0.0001, 0.05, 0.614, 0.998, 0.9999, 1)]
    ['0 %', '<0.1 %', '5.0 %', '61 %', '99.8 %', '>99.9 %', '100 %']
    """
    if share in (0, 1) or _LOW <= share < _HIGH:
        return f"{100 * share:.0f}\xa0%"
    if _LEAST <= share < 1 - _LEAST or not 0 < share < 1:
        return f"{100 * share:.1f}\xa0%"
    return "<0.1\xa0%" if share < _LEAST else ">99.9\xa0%"


def count_things(number: int, thing: str, things: str = "") -> str:
    """Write how many things there are.

    >>> count_things(1, "tale"), count_things(2, "tale"), count_things(1200, "summary", "summaries")
    ('1 tale', '2 tales', '1,200 summaries')
    """
    return f"{format_number(number)} {thing if number == 1 else things or thing + 's'}"


def format_value(value: Any) -> str:
    """Write any JSON value for people.

    >>> format_value({"used": 1800, "refused": ["a", "b"], "by": None, "checked": True})
    'used 1,800; refused a, b; by –; checked yes'
    """
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return format_number(value)
        case dict():
            return "; ".join(f"{name} {format_value(each)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(map(format_value, value))
        case _:
            return str(value)
