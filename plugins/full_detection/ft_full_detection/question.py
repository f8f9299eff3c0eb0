"""The prompts of the six steps, from the pipeline's module."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from ft_core import Prompt, SetupError
from ft_full_detection.prompts_module import load_prompts, tell_of_no_module

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["QUESTIONS", "Question", "build_prompt", "on_step_selected"]


@dataclass(frozen=True, slots=True)
class Question:
    """How the pipeline asks a step.

    Attributes:
        system: the name of its system text.
        builder: the name of the function that makes its user text.
        arguments: gives the builder's arguments besides ``text_span`` and ``summary``, from the step's inputs.
    """

    system: str
    builder: str
    arguments: Callable[[Inputs], Mapping[str, Any]]

    def ask(self, prompts: ModuleType, inputs: Inputs) -> Prompt:
        """Return the prompt for some inputs; a summary that is not there is an empty text.

        Raises:
            SetupError: the builder fails, or answers no text.
        """
        where = f"{prompts.__name__}.{self.builder}"
        arguments = {"text_span": inputs["segment"], "summary": inputs.get("summary", ""), **self.arguments(inputs)}
        try:
            user = getattr(prompts, self.builder)(**arguments)
        except Exception as error:
            raise SetupError(f"{where} raised {type(error).__name__}: {error}. Mend it there.") from error
        if not isinstance(user, str):
            raise SetupError(f"{where} answered a {type(user).__name__}, not a text. Mend it there.")
        return Prompt(getattr(prompts, self.system), user)


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "character": Question(
            "SYSTEM_PROMPT_CHARACTER_RECOGNITION",
            "build_character_recognition_prompt",
            lambda inputs: {"existing_characters": inputs["known_characters"], "story_context": None},
        ),
        "instrument": Question(
            "SYSTEM_PROMPT_INSTRUMENT", "build_instrument_prompt", lambda inputs: {"doers": inputs["doers"]}
        ),
        "relationship": Question(
            "SYSTEM_PROMPT_RELATIONSHIP",
            "build_relationship_prompt",
            lambda inputs: {"doers": inputs["doers"], "receivers": inputs["receivers"], "story_context": None},
        ),
        "action": Question(
            "SYSTEM_PROMPT_ACTION",
            "build_action_category_prompt",
            lambda inputs: {
                "doers": inputs["doers"],
                "receivers": inputs["receivers"],
                "instrument": inputs.get("instrument", ""),
            },
        ),
        "stac": Question("SYSTEM_PROMPT_STAC", "build_stac_prompt", lambda inputs: {"story_context": None}),
        "event_type": Question(
            "SYSTEM_PROMPT_EVENT_TYPE", "build_event_type_prompt", lambda inputs: {"stac": inputs.get("stac", {})}
        ),
    }
)
"""The six steps that the pipeline has; any other step keeps its own prompt."""


def build_prompt(step: str, inputs: Inputs) -> Generator[None, Prompt, Prompt]:
    """Put the pipeline's prompt in the place of the step's own."""
    own = yield
    if step not in QUESTIONS:
        return own
    prompts = load_prompts()
    return own if prompts is None else QUESTIONS[step].ask(prompts, inputs)


def on_step_selected(step: str) -> None:
    """Say so where there is no module with prompts."""
    if step in QUESTIONS and load_prompts() is None:
        tell_of_no_module()
