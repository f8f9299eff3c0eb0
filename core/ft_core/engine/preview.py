"""What a base model is shown of an example, token by token, and what it learns of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from ft_core.config import FineTuneConfig
from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.device import find_device
from ft_core.engine.pack.layout import common_prefix
from ft_core.engine.plain_text import PlainText
from ft_core.engine.rows import Row, make_rows
from ft_core.engine.token_text import spell_tokens
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.engine.unsloth_stack import import_torch
from ft_core.example import TrainingText

__all__ = ["PARTS", "Part", "Preview", "PreviewToken", "Previewer"]

Part: TypeAlias = Literal["prefix", "material", "trained"]
"""``prefix``: what all rows of a step begin with; ``material``: the rest of the prompt; ``trained``: the answer and its end."""

PARTS: tuple[Part, ...] = ("prefix", "material", "trained")


@dataclass(frozen=True, slots=True)
class PreviewToken:
    """One token of a row; ``text`` is ``""`` where it is only the beginning of a character that a later token ends."""

    id: int
    text: str
    part: Part
    control: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """One row of a step, as it is trained on.

    Attributes:
        step: the step's name.
        model: the base model's.
        story, event: where the example comes from.
        tokens: the whole row.
    """

    step: str
    model: str
    story: str
    event: str
    tokens: tuple[PreviewToken, ...]

    def count(self, part: Part) -> int:
        """Return how many tokens a part has."""
        return sum(token.part == part for token in self.tokens)

    @property
    def rendered(self) -> str:
        """The prompt as the base model's chat template spells it, control tokens included."""
        return "".join(token.text for token in self.tokens if token.part != "trained")

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        named = {"step": self.step, "model": self.model, "story": self.story, "event": self.event}
        counts: dict[str, Any] = {part: self.count(part) for part in PARTS}
        tokens = [{name: value for name, value in asdict(token).items() if name != "control"} for token in self.tokens]
        return {**named, **counts, "tokens": tokens, "rendered": self.rendered}


class Previewer:
    """Makes rows with a base model's tokenizer and chat template; its weights are not read.

    Attributes:
        model: the base model's name; a local one is named by its folder.
        context: its longest row in tokens, None where it names none.
    """

    def __init__(self, model_name: str, device: Literal["auto", "cpu", "cuda"] = "auto") -> None:
        """Find the base model.

        Args:
            model_name: named as in training.
            device: where it would be trained, which decides what ``auto`` means.

        Raises:
            EngineMissingError: the training stack is not installed.
            BaseModelError: the model cannot be found, or its tokenizer cannot be read.
            ChatTemplateError: its template cannot carry our prompts.
            TrainingError: a GPU is asked for, and there is none.
        """
        import_torch()  # before the tokenizer's library, for its message says how to install both
        base = find_base_model(model_name, find_device(device))
        # A local base is named by its folder: where that lies on this machine is no part of a report.
        self.model = base.name if base.folder is None or base.revision else base.folder.name
        self.context: int | None = base.read_config().get("max_position_embeddings")
        self._chat = Chat(load_tokenizer(base.locate()))
        self._control_ids = PlainText(self._chat.tokenizer).control_ids

    def preview(self, step: str, texts: Sequence[TrainingText], places: Collection[int]) -> list[Preview]:
        """Return some rows of a step.

        Args:
            step: the step's name.
            texts: all that are trained on together: what they share is the prefix.
            places: which of them are shown.

        Raises:
            NoTrainedTokensError: an answer is empty.
        """
        rows = make_rows(self._chat, step, texts, FineTuneConfig(), context=None).rows
        prefix = common_prefix(rows)
        return [Preview(step, self.model, rows[i].story_id, rows[i].event_id, self._split(rows[i], prefix)) for i in places]

    def _split(self, row: Row, prefix: int) -> tuple[PreviewToken, ...]:
        texts = spell_tokens(self._chat.tokenizer, row.input_ids, self._control_ids)
        parts = _name_parts(row, prefix)
        control = [token in self._control_ids for token in row.input_ids]
        return tuple(PreviewToken(*each) for each in zip(row.input_ids, texts, parts, control, strict=True))


def _name_parts(row: Row, prefix: int) -> list[Part]:
    lengths = (prefix, row.prompt_length - prefix, row.trained)
    return [part for part, length in zip(PARTS, lengths, strict=True) for _ in range(length)]
