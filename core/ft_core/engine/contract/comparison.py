"""What has changed between training and use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ft_core.engine.contract.adapter_terms import WEIGHTS_FILE, AdapterTerms
from ft_core.engine.contract.base_terms import BaseTerms
from ft_core.engine.contract.chat_terms import ChatTerms
from ft_core.engine.contract.content_hash import dump_ordered
from ft_core.engine.contract.contract import Contract
from ft_core.engine.contract.difference import Difference, find_text_difference
from ft_core.engine.contract.prompt_comparison import compare_prompts
from ft_core.engine.contract.step_terms import StepTerms

__all__ = ["compare"]

_SHOWN = 12  # characters of a hash


def compare(trained: Contract, now: Contract) -> list[Difference]:
    """Return everything that is not what it was, what may change answers first.

    Args:
        trained: the adapter's contract.
        now: as :func:`ft_core.engine.contract.contract.remake_contract` makes it.
    """
    found = [
        *_compare_steps(trained.step, now.step),
        *_compare_chats(trained.chat, now.chat),
        *compare_prompts(trained.prompts, now.prompts),
        *_compare_bases(trained.base, now.base),
        *_compare_adapters(trained.adapter, now.adapter),
    ]
    return sorted(found, key=lambda difference: not difference.breaks)


def _compare_steps(old: StepTerms, new: StepTerms) -> Iterator[Difference]:
    if old.distribution != new.distribution:
        yield Difference("the distribution that provides the step", old.distribution, new.distribution)
    elif old.version != new.version:
        # What a version could change for the model is compared itself, prompt by prompt.
        yield Difference(f"the version of {old.distribution}", old.version, new.version, breaks=False)
    if old.schema_hash != new.schema_hash:
        yield find_text_difference("the output schema", dump_ordered(old.schema), dump_ordered(new.schema))
    if old.extensions != new.extensions:
        yield Difference("the extensions", _list_values(old.extensions), _list_values(new.extensions), breaks=False)


def _compare_chats(old: ChatTerms, new: ChatTerms) -> Iterator[Difference]:
    if old.template_hash != new.template_hash:
        yield find_text_difference("the chat template", old.template, new.template)
    yield from _compare_items(old.options, new.options, "the chat template's option {}")
    if old.system_role != new.system_role:
        words = {True: "carried by the template", False: "merged into the user's text"}
        yield Difference("the system text", words[old.system_role], words[new.system_role])
    yield from _compare_items(_spell_tokens(old), _spell_tokens(new), "the special token {}")
    if old.control_hash != new.control_hash:
        trained, now = (f"{each.control_tokens} ({each.control_hash[:_SHOWN]})" for each in (old, new))
        yield Difference("the added tokens", trained, now)


def _compare_bases(old: BaseTerms, new: BaseTerms) -> Iterator[Difference]:
    files = list(_compare_items(_shorten(old.files), _shorten(new.files), f"{{}} of the base model {new.name}"))
    weights = list(_compare_items(_spell_shards(old), _spell_shards(new), f"{{}} of the base model {new.name}"))
    if (files or weights) and (old.name, old.revision) != (new.name, new.revision):
        yield Difference("the base model", _name(old), _name(new))
    yield from files
    yield from weights


def _compare_adapters(old: AdapterTerms, new: AdapterTerms) -> Iterator[Difference]:
    if old.weights != new.weights:
        yield Difference(f"the adapter's {WEIGHTS_FILE}", old.weights[:_SHOWN], new.weights[:_SHOWN])
    if old.modules != new.modules:
        yield Difference("the layers that the adapter has weights for", str(len(old.modules)), str(len(new.modules)))


def _compare_items(old: Mapping[str, Any], new: Mapping[str, Any], what: str) -> Iterator[Difference]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield Difference(what.format(key), str(old.get(key, "none")), str(new.get(key, "none")))


def _shorten(hashes: Mapping[str, str]) -> dict[str, str]:
    return {name: digest[:_SHOWN] for name, digest in hashes.items()}


def _spell_tokens(chat: ChatTerms) -> dict[str, str]:
    return {part: f"{token.text!r} ({token.id})" for part, token in chat.special_tokens.items()}


def _spell_shards(base: BaseTerms) -> dict[str, str]:
    amount = {True: "", False: " over a sample"}
    return {shard.name: f"{shard.size} bytes with hash {shard.content[:_SHOWN]}{amount[shard.whole]}" for shard in base.weights}


def _name(base: BaseTerms) -> str:
    return f"{base.name} at {base.revision[:_SHOWN]}" if base.revision else base.name


def _list_values(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in values.items()) or "none"
