from __future__ import annotations

import pytest

from ft_core.memory_size import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GB", 8 * 10**9), ("24GiB", 24 * 2**30), ("80000MB", 80 * 10**9), (" 1.5 tib ", 3 * 2**39), ("512mib", 2**29)],
)
def test_sizes_are_read_with_their_units(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["8", "GB", "-8GB", "8 G", "0GB", "8,5GB", "8GB or so", ""])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a size of memory; write a number and a unit, such as 8GB, 24GiB"):
        parse_size(text)
