"""One thing that is not what it was when an adapter was trained."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Difference", "find_text_difference"]

_AROUND = 30  # characters that are shown on each side of the first one that differs


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that has changed.

    Attributes:
        what: what it is, and where.
        trained, now: what it was and what it is, in short; both empty where ``what`` says it all.
        breaks: whether the adapter may answer otherwise because of it; if not, it is only told.
    """

    what: str
    trained: str
    now: str
    breaks: bool = True

    def __str__(self) -> str:
        """Return the difference as one line.

        >>> print(Difference("the base model's config.json", "1f0c", "77ab"))
        the base model's config.json: 1f0c in training, 77ab now
        """
        if not (self.trained or self.now):
            return self.what
        return f"{self.what}: {self.trained} in training, {self.now} now"


def find_text_difference(what: str, trained: str, now: str) -> Difference:
    """Return where two texts that differ begin to do so, with what stands there.

    Args:
        what: whose texts they are.
        trained: the text in training.
        now: the text now.

    >>> print(find_text_difference("the prompt", "Name the function.", "Name the functions."))
    the prompt, from character 18: 'Name the function.' in training, 'Name the functions.' now
    """
    pairs = zip(trained, now, strict=False)
    place = next((i for i, (old, new) in enumerate(pairs) if old != new), min(len(trained), len(now)))
    return Difference(f"{what}, from character {place + 1}", _cut(trained, place), _cut(now, place))


def _cut(text: str, place: int) -> str:
    start, end = max(0, place - _AROUND), place + _AROUND
    return repr("…" * (start > 0) + text[start:end] + "…" * (end < len(text)))
