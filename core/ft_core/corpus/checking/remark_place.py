"""From what is remarked on a tale to findings with their places in its file."""

from __future__ import annotations

from ft_core.corpus.checking.check_rule import ERROR_RULES
from ft_core.corpus.checking.finding import Finding, Remark
from ft_core.corpus.checking.json_fault import locate_fault
from ft_core.corpus.checking.json_position import JsonPositions

__all__ = ["RemarkPlacer"]


class RemarkPlacer:
    """Finds the places of remarks in one tale's file; the file is looked through when the first remark comes."""

    def __init__(self, file: str, data: bytes, first_line: int = 1) -> None:
        """Take the file's name, the bytes of the tale, and the line of the file where these begin."""
        self._file, self._data, self._first_line = file, data, first_line
        self._positions = JsonPositions(data)

    def place(self, remark: Remark) -> Finding:
        """Return the finding of a remark."""
        if remark.rule == "unreadable" and remark.path == "$":
            line, column = locate_fault(self._data, self._positions)
        else:
            line, column = self._positions.locate(remark.path)
        return Finding(
            self._file,
            self._first_line + line - 1,
            column,
            remark.path,
            "error" if remark.rule in ERROR_RULES else "warning",
            remark.rule,
            remark.message,
            remark.before,
            remark.after,
        )
