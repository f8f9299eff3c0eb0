"""Checking tales without preparing anything: what those who annotate them may want to mend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ft_core.corpus.checking.check_rule import CheckRules
from ft_core.corpus.checking.checked import Checked
from ft_core.corpus.checking.finding import Finding, Remark
from ft_core.corpus.checking.openable_name import OpenableNames
from ft_core.corpus.checking.remark_place import RemarkPlacer
from ft_core.corpus.checking.tale_remark import remark_on_tale
from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile, find_tale_files
from ft_core.corpus.reading.raw_tale import RawTale, iterate_raw
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.tale import SidecarFound, Tale
from ft_core.corpus.reading.version_choice import choose_versions

__all__ = ["check_tales"]


def check_tales(paths: Sequence[str | Path], rules: CheckRules | None = None, *, plausibility: bool = False) -> Checked:
    """Check every tale of some folders or files, one at a time.

    Args:
        paths: the folders and files.
        rules: what is checked; None checks everything.
        plausibility: whether tales are held against the code book too.

    Raises:
        NoTalesError: a folder is not there, or no file was found.
    """
    found = find_tale_files(paths)
    names = OpenableNames(paths)
    check = _Check(rules or CheckRules(), plausibility)
    for refusal in found.refusals:
        check.add_unopened(names.name_source(refusal.file), refusal)
    for file in found.tales:
        check.check_file(file, names.name(file.path))
    check.checked.files = len(found.tales)
    check.checked.left_out += map(names.name_source, found.left_out)
    return check.finish()


@dataclass(frozen=True, slots=True)
class _Card:
    """What is kept of a tale that was checked, to see whether another file holds it too."""

    story_id: str
    version: int
    source: str


class _Check:
    """A check under way; findings wait by tale, for those of a superseded one do not count."""

    def __init__(self, rules: CheckRules, plausibility: bool) -> None:
        self.checked = Checked()
        self._rules = rules
        self._plausibility = plausibility
        self._findings: dict[str, list[Finding]] = defaultdict(list)
        self._cards: dict[tuple[str, int], list[_Card]] = defaultdict(list)
        self._repeated_ids: dict[str, Finding] = {}

    def add_unopened(self, name: str, refusal: Refusal, line: int = 1) -> None:
        """Add a file or folder that cannot be looked into, or not further than to a line."""
        self._findings[name].append(Finding(name, line, 1, refusal.path, "error", "unreadable", refusal.reason))

    def check_file(self, file: TaleFile, name: str) -> None:
        """Check every tale of a file, up to where the file cannot be read any further."""
        try:
            for raw in iterate_raw(file):
                self._check_tale(raw, name, _find_line(raw.source, file))
        except RefusedError as error:
            for refusal in error.refusals:
                self.add_unopened(name, refusal, _find_line(refusal.file, file))

    def finish(self) -> Checked:
        """Return what was found, now that all tales are known."""
        choice = choose_versions(card for cards in self._cards.values() for card in cards)
        for refusal in choice.refusals:
            self._findings[refusal.file].append(replace(self._repeated_ids[refusal.file], message=refusal.reason))
        for source, _ in choice.superseded:
            self._findings.pop(source, None)
        checked = self.checked
        checked.findings = sorted((each for found in self._findings.values() for each in found), key=lambda each: each.sort_key)
        checked.superseded = sorted(choice.superseded)
        checked.tales -= len(choice.superseded)
        checked.left_out.sort()
        return checked

    def _check_tale(self, raw: RawTale, name: str, line: int) -> None:
        source = f"{name}:{line}" if raw.file.has_lines else name
        try:
            remarked = remark_on_tale(raw, self._rules, plausibility=self._plausibility)
        except SidecarFound:
            self.checked.left_out.append(source)
            return
        self.checked.tales += 1
        placer = RemarkPlacer(name, raw.data, line)
        if remarked.remarks:
            self._findings[source] += map(placer.place, remarked.remarks)
        if remarked.tale is not None:
            self._add_card(remarked.tale, source, placer)

    def _add_card(self, tale: Tale, source: str, placer: RemarkPlacer) -> None:
        cards = self._cards[tale.story_id, tale.version]
        cards.append(_Card(tale.story_id, tale.version, source))
        if len(cards) > 1:
            path = "$.id" if tale.version == 1 else "$.metadata.id"
            self._repeated_ids[source] = placer.place(Remark(path, "duplicate-tale", ""))


def _find_line(source: str, file: TaleFile) -> int:
    # A tale of a file with a tale a line is told as file:line; so is what cannot be read there, if it is told of a line.
    line = source.removeprefix(file.source).removeprefix(":")
    return int(line) if line else 1
