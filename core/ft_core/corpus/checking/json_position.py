"""Where the values of a JSON file stand: line and column of each JSON path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

import tree_sitter_json
from tree_sitter import Language, Node, Parser

__all__ = ["JsonPositions", "Position"]

Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1; a column counts characters (code points), as editors do."""

_LANGUAGE = Language(tree_sitter_json.language())
_VALUES = {"object", "array", "string", "number", "true", "false", "null"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNKNOWN_NUMBER = re.compile(rb"(?<=[0-9][eE])\+(?=[0-9])|\bNaN\b|\bInfinity\b")
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
_BLOCK = 1 << 16


class JsonPositions:
    r"""The positions of a file's values; the file is parsed when the first one is asked for.

    The file may be broken: its values are then found as far as they can be told.

    >>> positions = JsonPositions('{"狐": [true,\n {"alias": "Reynard"}]}'.encode())
    >>> positions.locate("$.狐[0]"), positions.locate("$.狐[1].alias"), positions.locate("$.狐[1].name")
    ((1, 8), (2, 12), (2, 2))
    """

    def __init__(self, data: bytes) -> None:
        self._data = data.removeprefix(_BYTE_ORDER_MARK)
        self._steps: dict[int, dict[str, Node]] = {}

    def locate(self, path: str) -> Position:
        """Return where a value begins, or else the nearest value around it that is in the file.

        Args:
            path: a JSON path such as ``$.characters[0].name``; a key with odd characters may also stand as ``['a.b']``.
        """
        root = self._find_root()
        if root is None:
            return self.locate_byte(len(self._data) - len(self._data.lstrip()))
        best, best_length = root, 0
        pending = [(root, 1)]
        # A key may itself hold dots and brackets, so that more than one way into the file may begin as the path does.
        while pending:
            node, length = pending.pop()
            if length > best_length:
                best, best_length = node, length
            pending += self._follow(node, path, length)
        row, column = best.start_point
        return row + 1, self._count_between(best.start_byte - column, best.start_byte) + 1

    def locate_byte(self, offset: int) -> Position:
        """Return the position of a byte, counted from behind the byte order mark where there is one."""
        start = self._data.rfind(b"\n", 0, offset) + 1
        return self._data.count(b"\n", 0, offset) + 1, self._count_between(start, offset) + 1

    def locate_repeated_key(self) -> Position | None:
        """Return where a key stands a second time in its object, the object that ends first; None where no key does."""
        found: list[tuple[int, int]] = []
        pending = [self._tree_root]
        while pending:
            node = pending.pop()
            pending += node.named_children
            seen: set[str] = set()
            for key, _ in _iterate_pairs(node):
                name = self._read_key(key)
                if name in seen:
                    found.append((node.end_byte, key.start_byte))
                    break
                seen.add(name)
        return self.locate_byte(min(found)[1]) if found else None

    @cached_property
    def _tree_root(self) -> Node:
        # The grammar does not know these; keys may hold such things too, and are read from the data itself therefore.
        data = _UNKNOWN_NUMBER.sub(lambda match: b"1" * len(match.group()), self._data)
        return Parser(_LANGUAGE).parse(data).root_node

    def _find_root(self) -> Node | None:
        root = self._tree_root
        # Where the first bracket is never closed, what it holds stands in an error instead.
        nodes = [root] if root.type == "ERROR" else [node for node in root.named_children if node.type in {*_VALUES, "ERROR"}]
        return nodes[0] if nodes else None

    def _follow(self, node: Node, path: str, start: int) -> Iterator[tuple[Node, int]]:
        """Yield what a node holds that the path may go on with, and the length of the path up to there."""
        steps = self._steps.get(node.id)
        if steps is None:
            steps = self._steps[node.id] = dict(self._iterate_steps(node))
        if node.type == "array":  # a long list is looked up, not gone through
            step = path[start : path.find("]", start) + 1]
            steps = {step: steps[step]} if step in steps else {}
        for step, value in steps.items():
            end = start + len(step)
            if path.startswith(step, start) and path[end : end + 1] in ("", ".", "["):
                yield value, end

    def _iterate_steps(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Yield each value that a node holds with the steps of a path that lead to it."""
        pairs = list(_iterate_pairs(node))
        for key, value in pairs:
            name = self._read_key(key)
            yield f".{name}", value
            yield "['{}']".format(name.replace("\\", "\\\\").replace("'", "\\'")), value
        if not pairs and node.type in ("array", "ERROR"):
            values = (child for child in _iterate_children(node) if child.type in _VALUES)
            yield from ((f"[{index}]", child) for index, child in enumerate(values))

    def _read_key(self, node: Node) -> str:
        """Return a key as paths spell it: a lone half of a surrogate pair is ``?``."""
        text = self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        try:
            key = str(json.loads(text, strict=False))
        except ValueError:
            key = text.strip('"')
        return key.encode("utf-8", "replace").decode()

    def _count_between(self, start: int, end: int) -> int:
        return self._count_before(end) - self._count_before(start)

    def _count_before(self, offset: int) -> int:
        block = offset // _BLOCK
        return self._counts[block] + _count_characters(self._data[block * _BLOCK : offset])

    @cached_property
    def _counts(self) -> list[int]:
        # A tale may be one line of megabytes: it is counted once, not again for every column.
        blocks = range(0, len(self._data), _BLOCK)
        return list(accumulate((_count_characters(self._data[start : start + _BLOCK]) for start in blocks), initial=0))


def _count_characters(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION_BYTES))


def _iterate_pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    if node.type in ("object", "ERROR"):
        for pair in _iterate_children(node):
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                yield key, value


def _iterate_children(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type == "ERROR":  # the good part of a broken list
            yield from child.named_children
        else:
            yield child
