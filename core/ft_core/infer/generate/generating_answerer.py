"""Asking a base model and its adapters, many prompts at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ft_core.engine.chat import Chat
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import InferenceError, UnknownStepError
from ft_core.infer.constrain.constraint import Constraint
from ft_core.infer.constrain.grammar import GrammarCache
from ft_core.infer.generate.attention import attending_to_prefix
from ft_core.infer.generate.batch_plan import BatchLimit, plan_batches
from ft_core.infer.generate.condition import can_share_prefix
from ft_core.infer.generate.decoding import Decoded, decode
from ft_core.infer.generate.prefix import NO_PREFIX, Prefix, PrefixStore
from ft_core.infer.generate.row_batch import RowBatch
from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt
from ft_core.suggestion import did_you_mean

if TYPE_CHECKING:
    from peft import PeftModel

__all__ = ["AskedStep", "GeneratingAnswerer"]


@dataclass(frozen=True, slots=True)
class AskedStep:
    """What is needed to ask one step.

    Attributes:
        chat: the tokenizer and template that its adapter was trained with.
        schema: the JSON Schema of its answers.
        max_new_tokens: the most tokens of an answer, with its EOS.
    """

    chat: Chat
    schema: Mapping[str, Any]
    max_new_tokens: int


@dataclass(frozen=True, slots=True)
class _Row:
    """The tokens of a prompt, the most tokens of its answer, and the schema of that where it is not the step's."""

    prompt: list[int]
    room: int
    narrowed: Mapping[str, Any] | None


class GeneratingAnswerer:
    """A base model with an adapter for each step; greedy, batched, with the shared beginning of prompts computed once.

    Args:
        model: the base with its adapters, which have their steps' names.
        steps: how each step is asked.
        limit: the most that is computed at once.
    """

    def __init__(self, model: PeftModel, steps: Mapping[str, AskedStep], limit: BatchLimit) -> None:
        self._model, self._steps, self._limit = model, steps, limit
        self._context: int | None = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._prefixes = PrefixStore(model)
        self._shares: bool | None = None  # whether the model can share prefixes; nobody knows before it is first asked
        self._grammars: dict[Chat, GrammarCache] = {}

    def ask(
        self,
        step: str,
        prompts: Sequence[Prompt],
        *,
        adapter: bool = True,
        constrained: bool = True,
        schemas: Sequence[Mapping[str, Any] | None] | None = None,
        max_new_tokens: int | None = None,
        on_answered: Callable[[int], None] | None = None,
    ) -> list[Reply]:
        """Return one reply to each prompt, in their order.

        An answer is cut after ``max_new_tokens``; a constrained one is then closed as its schema asks. A prompt that
        leaves no room for an answer in the base model's context gets a reply that says so.

        Args:
            step: whose adapter, chat template and output schema to use.
            prompts: as ``build_prompt`` made them.
            adapter: False asks the base model alone.
            constrained: whether only answers of the step's output schema can be given.
            schemas: for each prompt the schema that its answer has instead; None where it has none.
            max_new_tokens: the most tokens of each answer, with its EOS; None takes the step's.
            on_answered: called with the number of prompts whenever some more are answered, which may be all at once.

        Raises:
            UnknownStepError: the step is not among those of the model.
            ConstraintError: its schema cannot be followed.
            NarrowingError: one of the other schemas cannot.
            InferenceError: the memory is not enough for a single prompt.
        """
        asked = self._find(step)
        ids = [asked.chat.prompt_ids(prompt) for prompt in prompts]
        rooms = [self._find_room(prompt, max_new_tokens or asked.max_new_tokens) for prompt in ids]
        replies = {place: self._refuse(prompt) for place, prompt in enumerate(ids) if not rooms[place]}
        places = [place for place in range(len(ids)) if place not in replies]
        if places:
            narrowed = schemas or [None] * len(ids)
            asking = [_Row(ids[place], rooms[place], narrowed[place] if constrained else None) for place in places]
            decoded = self._answer(step, asking, on_answered, adapter=adapter, constrained=constrained)
            replies |= dict(zip(places, (_make_reply(asked.chat, each) for each in decoded), strict=True))
        return [replies[place] for place in range(len(ids))]

    def _answer(
        self,
        step: str,
        rows: list[_Row],
        on_answered: Callable[[int], None] | None,
        *,
        adapter: bool,
        constrained: bool,
    ) -> list[Decoded]:
        answers: dict[int, Decoded] = {}
        with ExitStack() as stack:
            stack.enter_context(import_torch().inference_mode())
            self._model.set_adapter(step, inference_mode=True)
            if not adapter:
                stack.enter_context(self._model.disable_adapter())
            stack.enter_context(attending_to_prefix(self._model.get_base_model()))
            prefix = self._find_prefix(step if adapter else None, [row.prompt for row in rows])
            lengths = [len(row.prompt) + row.room for row in rows]
            for places in plan_batches(lengths, self._limit):
                decoded = self._decode(step, prefix, [rows[place] for place in places], constrained=constrained)
                answers |= dict(zip(places, decoded, strict=True))
                if on_answered:
                    on_answered(len(places))
        return [answers[place] for place in range(len(rows))]

    def _find_prefix(self, adapter: str | None, prompts: list[list[int]]) -> Prefix:
        if self._shares is None:
            self._shares = can_share_prefix(self._model)
        try:
            return self._prefixes.find(adapter, prompts) if self._shares else NO_PREFIX
        except import_torch().OutOfMemoryError:  # what is too long for this may be so for a batch, which says so
            return NO_PREFIX

    def _decode(self, step: str, prefix: Prefix, rows: list[_Row], *, constrained: bool) -> list[Decoded]:
        decoded = self._try_to_decode(step, prefix, rows, constrained=constrained)
        if decoded is not None:
            return decoded
        import_torch().cuda.empty_cache()
        half = len(rows) // 2
        return [
            each for part in (rows[:half], rows[half:]) for each in self._decode(step, prefix, part, constrained=constrained)
        ]

    def _try_to_decode(self, step: str, prefix: Prefix, rows: list[_Row], *, constrained: bool) -> list[Decoded] | None:
        """Answer a batch, or return None where the memory is not enough; all that it took is free again then."""
        asked = self._steps[step]
        limits = [row.room for row in rows]
        constraint = self._constrain(step, [row.narrowed for row in rows]) if constrained else None
        try:
            batch = RowBatch(self._model, prefix, [row.prompt[len(prefix.ids) :] for row in rows], max(limits))
            return decode(batch, limits, asked.chat.eos, constraint)
        except import_torch().OutOfMemoryError as error:
            if len(rows) > 1:
                return None
            raise InferenceError(
                f"Step {step!r}: the memory is not enough for one prompt of {len(rows[0].prompt)} tokens ({error}). "
                f"Free some, or ask on another device."
            ) from error

    def _constrain(self, step: str, narrowed: Sequence[Mapping[str, Any] | None]) -> Constraint:
        asked = self._steps[step]
        if asked.chat not in self._grammars:
            size = self._model.get_output_embeddings().weight.shape[0]
            self._grammars[asked.chat] = GrammarCache(asked.chat, size)
        pinned = self._model.device.type == "cuda"
        return Constraint(self._grammars[asked.chat], step, asked.schema, narrowed, pinned=pinned)

    def _find_room(self, prompt: list[int], wanted: int) -> int:
        return max(0, min(wanted, self._context - len(prompt))) if self._context else wanted

    def _refuse(self, prompt: list[int]) -> Reply:
        problem = (
            f"the prompt has {len(prompt)} tokens and leaves no room in the base model's context of {self._context}; "
            f"divide the segment"
        )
        return Reply("", ended=False, problem=problem)

    def _find(self, step: str) -> AskedStep:
        if step not in self._steps:
            names = sorted(self._steps)
            raise UnknownStepError(
                f"No step {step!r} can be asked.{did_you_mean(step, names)} There are: {', '.join(names) or 'none'}."
            )
        return self._steps[step]


def _make_reply(chat: Chat, decoded: Decoded) -> Reply:
    text = chat.tokenizer.decode(decoded.tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return Reply(str(text), decoded.ended, decoded.confidence)
