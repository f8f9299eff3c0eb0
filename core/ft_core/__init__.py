"""ft-core: from annotated tales to one LoRA adapter per annotation step.

The names below are what plugin authors and scripts import. Nothing heavy is loaded before a name needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ft_core.answer_repair import Repaired as Repaired
    from ft_core.codebook import ACTION_FUNCTIONS as ACTION_FUNCTIONS
    from ft_core.codebook import ACTION_STATUSES as ACTION_STATUSES
    from ft_core.codebook import ACTION_TYPES as ACTION_TYPES
    from ft_core.codebook import ARCHETYPES as ARCHETYPES
    from ft_core.codebook import OBJECT_TYPES as OBJECT_TYPES
    from ft_core.codebook import OTHER as OTHER
    from ft_core.codebook import PROPP_FUNCTIONS as PROPP_FUNCTIONS
    from ft_core.codebook import RELATIONSHIPS as RELATIONSHIPS
    from ft_core.codebook import SENTIMENTS as SENTIMENTS
    from ft_core.codebook import TARGET_TYPES as TARGET_TYPES
    from ft_core.config import FineTuneConfig as FineTuneConfig
    from ft_core.corpus.preparing import prepare_all_training_data as prepare_all_training_data
    from ft_core.corpus.reading.loading import load_all_annotated_stories as load_all_annotated_stories
    from ft_core.engine.step_trainer import StepTrainer as StepTrainer
    from ft_core.engine.training import train_all_steps as train_all_steps
    from ft_core.errors import SetupError as SetupError
    from ft_core.example import Answer as Answer
    from ft_core.example import Example as Example
    from ft_core.example import Inputs as Inputs
    from ft_core.example import NotApplicable as NotApplicable
    from ft_core.example import Output as Output
    from ft_core.example import Skipped as Skipped
    from ft_core.extraction import NoGold as NoGold
    from ft_core.extraction import examples_by_event as examples_by_event
    from ft_core.extraction import examples_by_story as examples_by_story
    from ft_core.hookspecs import InputsOf as InputsOf
    from ft_core.hookspecs import hookimpl as hookimpl
    from ft_core.lora import LoraSettings as LoraSettings
    from ft_core.problem import Problem as Problem
    from ft_core.prompt import Prompt as Prompt
    from ft_core.prompt import join_sections as join_sections
    from ft_core.prompt import show_list as show_list
    from ft_core.scores import LabelPair as LabelPair
    from ft_core.scores import LeftOut as LeftOut
    from ft_core.scores import ScoreSheet as ScoreSheet
    from ft_core.scoring.chrf import chrf as chrf
    from ft_core.scoring.edit_similarity import edit_similarity as edit_similarity
    from ft_core.scoring.field_comparison import compare_field as compare_field
    from ft_core.scoring.field_comparison import compare_label as compare_label
    from ft_core.scoring.hierarchical_f1 import HierarchicalF1 as HierarchicalF1
    from ft_core.scoring.macro_f1 import MacroF1 as MacroF1
    from ft_core.scoring.mean_score import Accuracy as Accuracy
    from ft_core.scoring.mean_score import MeanChrf as MeanChrf
    from ft_core.scoring.mean_score import MeanScore as MeanScore
    from ft_core.scoring.metric import Metric as Metric
    from ft_core.scoring.metric import make_score_sheet as make_score_sheet
    from ft_core.scoring.score_row import ScoreRow as ScoreRow
    from ft_core.scoring.set_f1 import SetF1 as SetF1
    from ft_core.spelling import drop_unspellable as drop_unspellable
    from ft_core.step import extract_examples as extract_examples
    from ft_core.step_info import StepInfo as StepInfo
    from ft_core.story import STAC_HEADS as STAC_HEADS
    from ft_core.story import ActionLabel as ActionLabel
    from ft_core.story import Character as Character
    from ft_core.story import Event as Event
    from ft_core.story import Relationship as Relationship
    from ft_core.story import Stac as Stac
    from ft_core.story import Story as Story
    from ft_core.story import TextSpan as TextSpan
    from ft_core.story import find_character as find_character
    from ft_core.story import split_aliases as split_aliases

_HOME = {
    "ACTION_FUNCTIONS": "codebook",
    "ACTION_STATUSES": "codebook",
    "ACTION_TYPES": "codebook",
    "ARCHETYPES": "codebook",
    "Accuracy": "scoring.mean_score",
    "ActionLabel": "story",
    "Answer": "example",
    "Character": "story",
    "Event": "story",
    "Example": "example",
    "FineTuneConfig": "config",
    "HierarchicalF1": "scoring.hierarchical_f1",
    "Inputs": "example",
    "InputsOf": "hookspecs",
    "LabelPair": "scores",
    "LeftOut": "scores",
    "LoraSettings": "lora",
    "MacroF1": "scoring.macro_f1",
    "MeanChrf": "scoring.mean_score",
    "MeanScore": "scoring.mean_score",
    "Metric": "scoring.metric",
    "NoGold": "extraction",
    "NotApplicable": "example",
    "OBJECT_TYPES": "codebook",
    "OTHER": "codebook",
    "Output": "example",
    "PROPP_FUNCTIONS": "codebook",
    "Problem": "problem",
    "Prompt": "prompt",
    "RELATIONSHIPS": "codebook",
    "Relationship": "story",
    "Repaired": "answer_repair",
    "SENTIMENTS": "codebook",
    "STAC_HEADS": "story",
    "ScoreRow": "scoring.score_row",
    "ScoreSheet": "scores",
    "SetF1": "scoring.set_f1",
    "SetupError": "errors",
    "Skipped": "example",
    "Stac": "story",
    "StepInfo": "step_info",
    "StepTrainer": "engine.step_trainer",
    "Story": "story",
    "TARGET_TYPES": "codebook",
    "TextSpan": "story",
    "chrf": "scoring.chrf",
    "compare_field": "scoring.field_comparison",
    "compare_label": "scoring.field_comparison",
    "drop_unspellable": "spelling",
    "edit_similarity": "scoring.edit_similarity",
    "examples_by_event": "extraction",
    "examples_by_story": "extraction",
    "extract_examples": "step",
    "find_character": "story",
    "hookimpl": "hookspecs",
    "join_sections": "prompt",
    "make_score_sheet": "scoring.metric",
    "show_list": "prompt",
    "split_aliases": "story",
    "load_all_annotated_stories": "corpus.reading.loading",
    "prepare_all_training_data": "corpus.preparing",
    "train_all_steps": "engine.training",
}

__version__ = "0.1.0"
__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604  # the table above is the list


def __getattr__(name: str) -> Any:
    """Import a public name's module when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'ft_core' has no attribute {name!r}")
    return getattr(import_module(f"ft_core.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
