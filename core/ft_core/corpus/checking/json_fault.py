"""Where a file stops being JSON that can be used."""

from __future__ import annotations

import json

from ft_core.corpus.checking.json_position import JsonPositions, Position

__all__ = ["locate_fault"]


def locate_fault(data: bytes, positions: JsonPositions) -> Position:
    r"""Return where a file is not UTF-8, not JSON, or has a key a second time, and else where its value begins.

    >>> data = b'{"fox": 1,\n "fox": 2}'
    >>> locate_fault(data, JsonPositions(data))
    (2, 2)
    """
    try:
        json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return positions.locate_byte(error.start)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno
    except (ValueError, RecursionError):  # a number of too many digits, or brackets in brackets in brackets
        return positions.locate("$")
    return positions.locate_repeated_key() or positions.locate("$")
