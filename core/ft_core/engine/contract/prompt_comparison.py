"""What has changed in the questions that a step asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ft_core.engine.contract.content_hash import dump_ordered
from ft_core.engine.contract.difference import Difference, find_text_difference
from ft_core.engine.contract.prompt_terms import Probe, PromptTerms

__all__ = ["compare_prompts"]

_Pair: TypeAlias = tuple[Probe, Probe]


def compare_prompts(trained: PromptTerms, now: PromptTerms) -> Iterator[Difference]:
    """Yield what differs: the static text, and the inputs, user text, schema and tokens of the first probe that shows it."""
    pairs = list(zip(trained.probes, now.probes, strict=True))
    if trained.system != now.system:
        yield find_text_difference("the prompt's static text", trained.system, now.system)
    else:
        yield from _tell_first(pairs, lambda old, new: old.system != new.system, _compare_system)
    yield from _tell_first(pairs, lambda old, new: old.user != new.user, _compare_user)
    yield from _tell_first(pairs, _has_other_inputs, _compare_inputs)
    yield from _tell_first(pairs, _is_narrowed_otherwise, _compare_narrowed)
    yield from _tell_first(pairs, lambda old, new: old.token_hash != new.token_hash, _compare_tokens)
    yield from _tell_of_tales(pairs)


def _tell_first(
    pairs: Sequence[_Pair], differs: Callable[[Probe, Probe], bool], compare: Callable[[Probe, Probe], Difference]
) -> Iterator[Difference]:
    changed = [pair for pair in pairs if differs(*pair)]
    if changed:
        first = compare(*changed[0])
        others = f" ({len(changed) - 1} more differ)" if len(changed) > 1 else ""
        yield Difference(first.what + others, first.trained, first.now)


def _compare_system(old: Probe, new: Probe) -> Difference:
    return find_text_difference(f"the static text of probe {old.name}", old.system or "", new.system or "")


def _compare_user(old: Probe, new: Probe) -> Difference:
    return find_text_difference(f"the prompt of probe {old.name}", old.user, new.user)


def _compare_tokens(old: Probe, new: Probe) -> Difference:
    now = f"{new.tokens} tokens" if new.tokens != old.tokens else "as many, but others"
    return Difference(f"the tokens of the prompt of probe {old.name}", f"{old.tokens} tokens", now)


def _is_narrowed_otherwise(old: Probe, new: Probe) -> bool:
    return old.narrowed is not None and dump_ordered(old.narrowed) != dump_ordered(new.narrowed)


def _compare_narrowed(old: Probe, new: Probe) -> Difference:
    trained, now = (dump_ordered(each.narrowed) if each.narrowed else "the output schema" for each in (old, new))
    return find_text_difference(f"the narrowed schema of probe {old.name}", trained, now)


def _has_other_inputs(old: Probe, new: Probe) -> bool:
    return old.inputs != new.inputs if old.inputs is None or new.inputs is None else _spell(old.inputs) != _spell(new.inputs)


def _compare_inputs(old: Probe, new: Probe) -> Difference:
    if old.inputs is None or new.inputs is None:
        return Difference(f"whether the step asks about probe {old.name}", "it did", "it does not")
    trained, now = _spell(old.inputs), _spell(new.inputs)
    key = next(key for key in (*trained, *now) if trained.get(key) != now.get(key))
    what = f"the input {key!r} of probe {old.name}"
    if key in trained and key in now:
        return find_text_difference(what, trained[key], now[key])
    there, absent = "there", "not there"
    return Difference(what, there if key in trained else absent, there if key in now else absent)


def _spell(inputs: Mapping[str, Any]) -> dict[str, str]:
    return {key: dump_ordered(value) for key, value in inputs.items()}


def _tell_of_tales(pairs: Sequence[_Pair]) -> Iterator[Difference]:
    edited = sorted({old.story for old, new in pairs if old.tale_hash != new.tale_hash})
    if edited:
        what = f"sample tales ({', '.join(edited)}), so that the inputs made of them were not compared"
        yield Difference(what, "as ft-core had them then", "others", breaks=False)
