"""Which tales are of one family, while families are still growing together."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Kinship"]


class Kinship:
    """Families that can be joined: union-find over tale ids."""

    def __init__(self, story_ids: Iterable[str]) -> None:
        self._parents = {each: each for each in story_ids}

    def find_family(self, story_id: str) -> str:
        """Return the id of a tale's family: the smallest id in it."""
        parents = self._parents
        while (parent := parents[story_id]) != story_id:
            parents[story_id] = story_id = parents[parent]
        return story_id

    def are_related(self, first_id: str, second_id: str) -> bool:
        """Whether two tales are of one family."""
        return self.find_family(first_id) == self.find_family(second_id)

    def join(self, first_id: str, second_id: str) -> bool:
        """Make two families one, and say whether they were two."""
        smaller, larger = sorted((self.find_family(first_id), self.find_family(second_id)))
        self._parents[larger] = smaller
        return smaller != larger
