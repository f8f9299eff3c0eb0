"""The two halves of an event's description: in roles, then with the tale's names, around one ``;``."""

from __future__ import annotations

__all__ = ["join_description", "split_description"]


def split_description(description: str) -> tuple[str, str]:
    """Return the general and the specific half.

    In English prose a ``;`` is often mere punctuation, so there are halves only where both are set around exactly one;
    otherwise all of it is general.

    >>> split_description("a villain abducts someone;the geese carry off the boy")
    ('a villain abducts someone', 'the geese carry off the boy')
    >>> split_description("the geese come; take the boy; and fly off")
    ('the geese come; take the boy; and fly off', '')
    """
    whole = description.strip()
    halves = [half.strip() for half in whole.split(";")]
    return (halves[0], halves[1]) if len(halves) == 2 and all(halves) else (whole, "")  # noqa: PLR2004


def join_description(general: str, specific: str) -> str:
    """Return the description that :func:`split_description` takes apart again.

    A ``;`` that would be taken for the separator becomes a comma; a specific half alone stands as the whole description.

    >>> join_description("a donor asks a favour; politely", "the stove offers its pie")
    'a donor asks a favour, politely;the stove offers its pie'
    """
    if general.strip() and specific.strip():
        return f"{general.strip().replace(';', ',')};{specific.strip().replace(';', ',')}"
    whole = general.strip() or specific.strip()
    return whole.replace(";", ",") if split_description(whole)[1] else whole
