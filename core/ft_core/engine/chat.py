"""From prompts and answers to token ids, the same in training and at inference."""

from __future__ import annotations

import logging
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ft_core.engine.chat_template import (
    ANSWER,
    SYSTEM,
    TEMPLATE_OPTIONS,
    USER,
    Message,
    Piece,
    render,
    set_missing_template,
    split_rendered,
)
from ft_core.engine.plain_text import PlainText
from ft_core.errors import ChatTemplateError
from ft_core.prompt import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["Chat"]

logger = logging.getLogger(__name__)

_ORDINARY = Prompt(
    'Label the event; answer as JSON: {"doers": [], "type": "give"}.\n\nNames are as listed.',
    "Summary:\nA fox, 1 crow and Maria's cheese; 40% was eaten.\n\nSegment:\n  狐狸说：“你好。”\n昔々、きつねが\tいた。",
)
"""Text such as prompts have, to compare our tokens with the template's own."""


class Chat:
    """A base model's tokenizer and chat template, as rows and questions are made with them.

    Attributes:
        tokenizer: as it will be saved with the adapter: with a chat template, and with the end of an answer as its EOS.
        system_role: whether the template carries a system message; else it is merged into the user's turn.
        eos: the id of the token that ends an answer.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """Read the template, and check that ordinary text becomes the tokens that the template's own path gives.

        Raises:
            ChatTemplateError: the template cannot carry our prompts, or the tokenizer has no EOS.
        """
        self.tokenizer = tokenizer
        if set_missing_template(tokenizer):
            logger.info("The base model has no chat template; a ChatML one is used, and saved with the adapters.")
        self._plain = PlainText(tokenizer)
        both = [_message("system", SYSTEM), _message("user", USER)]
        self.system_role = render(tokenizer, both) is not None
        self._pieces = cache(self._split_prompt)
        self.eos = self._find_eos()
        self._check()

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Return the ids of a question, up to where the answer starts; nothing in its texts becomes a control token."""
        if prompt.system and not self.system_role:
            prompt = Prompt("", prompt.instruction)
        texts = {SYSTEM: prompt.system, USER: prompt.user}
        ids: list[int] = []
        for place, piece in enumerate(self._pieces(bool(prompt.system))):
            ids += [piece] if isinstance(piece, int) else self._plain.encode(_fill(piece, texts), opens=place == 0)
        return ids

    def answer_ids(self, answer: str) -> list[int]:
        """Return the ids of an answer without its EOS."""
        return self._plain.encode(answer)

    def _split_prompt(self, with_system: bool) -> list[Piece]:
        messages = [_message("system", SYSTEM), _message("user", USER)][not with_system :]
        text = render(self.tokenizer, messages)
        if text is None:
            raise ChatTemplateError(
                "The base model's chat template does not carry a user's message. Choose another base model."
            )
        return split_rendered(self.tokenizer, text, self._plain.control_ids)

    def _find_eos(self) -> int:
        turn_end = self._find_turn_end()
        own = self.tokenizer.eos_token_id
        if turn_end is not None and turn_end != own:
            self.tokenizer.eos_token = self.tokenizer.convert_ids_to_tokens(turn_end)
            logger.info("Answers end with %s, as the chat template has it; it is the EOS token now.", self.tokenizer.eos_token)
            return turn_end
        if own is None:
            raise ChatTemplateError("The base model's tokenizer has no EOS token to end an answer. Choose another base model.")
        return int(own)

    def _find_turn_end(self) -> int | None:
        # The control token right after the assistant's message, where the template puts one there.
        text = render(self.tokenizer, [_message("user", USER), _message("assistant", ANSWER)], asks=False)
        pieces = split_rendered(self.tokenizer, text, self._plain.control_ids) if text is not None else []
        for piece, following in pairwise(pieces):
            if isinstance(piece, str) and piece.endswith(ANSWER) and isinstance(following, int):
                return following
        return None

    def _check(self) -> None:
        prompt = _ORDINARY if self.system_role else Prompt("", _ORDINARY.instruction)
        messages = [_message("system", prompt.system), _message("user", prompt.user)][not prompt.system :]
        theirs = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=False, **TEMPLATE_OPTIONS
        )
        ours = self.prompt_ids(_ORDINARY)
        if ours != list(theirs):
            at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
            raise ChatTemplateError(
                f"The chat template and our reading of it give different tokens for ordinary text, at token {at}: "
                f"{self._show(theirs, at)} by the template, {self._show(ours, at)} by ours. Choose another base model."
            )
        spelled = "".join(self.tokenizer.convert_ids_to_tokens(sorted(self._plain.control_ids)))
        control = self._plain.control_ids.intersection(self.answer_ids(spelled))
        if control:
            raise ChatTemplateError(
                f"The tokenizer makes a control token of ordinary text: {self._show(sorted(control), 0)}. "
                f"A tale could steer the model. Choose another base model."
            )

    def _show(self, ids: list[int], at: int) -> str:
        return repr(self.tokenizer.convert_ids_to_tokens(list(ids[at : at + 5])))


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _fill(text: str, texts: dict[str, str]) -> str:
    # Piece by piece, not replace after replace: a tale may spell a placeholder.
    for mark, content in texts.items():
        if mark in text:
            return content.join(_fill(part, texts) for part in text.split(mark))
    return text
