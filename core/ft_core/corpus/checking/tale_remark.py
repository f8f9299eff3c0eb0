"""Everything that there is to remark on one tale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ft_core.corpus.checking.ambiguity import find_ambiguities
from ft_core.corpus.checking.blank_label import find_blanks
from ft_core.corpus.checking.check_rule import CheckRules
from ft_core.corpus.checking.finding import Remark
from ft_core.corpus.checking.plausibility import find_implausible
from ft_core.corpus.checking.repair_remark import word_repair
from ft_core.corpus.reading.document import RefusedError, decode_document
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.tale import Tale, read_tale

__all__ = ["RemarkedTale", "remark_on_tale"]

_PLACE_OF_FAULT = re.compile(r"^not JSON: line \d+, column \d+: ")


@dataclass(frozen=True, slots=True)
class RemarkedTale:
    """The remarks on a tale; ``tale`` is None where it cannot be used."""

    remarks: list[Remark]
    tale: Tale | None = None


def remark_on_tale(raw: RawTale, rules: CheckRules, *, plausibility: bool) -> RemarkedTale:
    """Read a tale and collect the remarks on it.

    Args:
        raw: the tale's bytes.
        rules: what is checked.
        plausibility: whether the tale is held against the code book too.

    Raises:
        SidecarFound: it is none.
    """
    try:
        tale = read_tale(raw, rules.reading)
    except RefusedError as error:
        rule = "structure" if _is_usable_json(raw) else "unreadable"
        # The finding has the place already, and in its file instead of in the line that holds the tale.
        reasons = [(each.path, _PLACE_OF_FAULT.sub("not JSON: ", each.reason)) for each in error.refusals]
        return RemarkedTale([Remark(path, rule, reason) for path, reason in reasons])
    remarks = [each for each in _iterate_remarks(tale, plausibility) if each.rule not in rules.off]
    return RemarkedTale(remarks, tale)


def _iterate_remarks(tale: Tale, plausibility: bool) -> Iterator[Remark]:
    yield from map(word_repair, tale.repairs)
    yield from find_blanks(tale)
    yield from find_ambiguities(tale)
    if plausibility:
        yield from find_implausible(tale)


def _is_usable_json(raw: RawTale) -> bool:
    try:
        decode_document(raw.data, raw.source)
    except RefusedError:
        return False
    return True
