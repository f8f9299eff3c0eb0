"""``ft-core preview``: what the base model reads of an example, and which tokens it learns."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ft_core.cli.data import add_data_flags, warn_of_refused_tales
from ft_core.cli.number import positive
from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.cli.preview_text import print_preview
from ft_core.cli.settings import DATA_FIELDS, add_setting_flags, resolve_config
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.process_pool import check_workers
from ft_core.corpus.reading.samples import samples_dir
from ft_core.corpus.training_data import SPLITS, Split
from ft_core.errors import NoExamplesError, UsageError
from ft_core.example import TrainingText
from ft_core.step import load_steps
from ft_core.suggestion import did_you_mean

if TYPE_CHECKING:
    from ft_core.engine.preview import Preview

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("step", metavar="STEP", help="the step, by name")
    add_data_flags(parser, required=False)
    model_help = "base model, named as in training; only its tokenizer is read (default: auto)"
    parser.add_argument("--model-name", metavar="NAME", help=model_help)
    parser.add_argument("--story", metavar="ID", help="show an example of this tale")
    parser.add_argument("--event", metavar="ID", help="show the example of this event of the tale")
    parser.add_argument("--split", choices=SPLITS, help="where to look (default: train, or where the story is)")
    parser.add_argument("--limit", type=positive, metavar="N", help="show so many examples, the first ones (default: 1)")
    parser.add_argument("--no-color", action="store_true", help="mark the parts in text only, as in a pipe")
    add_setting_flags(parser, DATA_FIELDS)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show examples as they are trained on."""
    config = resolve_config(arguments)
    step = load_steps().get(arguments.step)
    workers = check_workers(arguments.workers)
    from ft_core.engine.preview import Previewer

    previewer = Previewer(config.model_name, config.device)  # first, for a wrong name is to be told before all tales are read
    if not arguments.data_dir:
        say("The sample tales are shown; name your own with --data-dir DIR.")
    with prepare(arguments.data_dir or [samples_dir()], [step], config, workers=workers, keep_examples=True) as preparation:
        split = _find_split(arguments, preparation)
        texts = [example.as_text() for example in preparation.list_examples(step.name, split)]
        places = _find_places(arguments, texts, split, preparation.count_skipped(step.name))
    previews = previewer.preview(step.name, texts, places)
    if arguments.json:
        _print_json(previews, as_list=arguments.limit is not None)
    else:
        for number, preview in enumerate(previews):
            print_preview(preview, split, len(texts), previewer.context, is_first=not number, color=not arguments.no_color)
    return int(warn_of_refused_tales(arguments, preparation.refusals))


def _find_split(arguments: argparse.Namespace, preparation: Preparation) -> Split:
    split: Split | None = arguments.split
    if arguments.story is None:
        return split or "train"
    splits = preparation.plan.splits
    if arguments.story not in splits:
        raise UsageError(
            f"There is no tale {arguments.story!r} in {preparation.source}.{did_you_mean(arguments.story, splits)} "
            f"A tale's id is its file name without the version: ft-core prepare lists them in its manifest."
        )
    held: Split = splits[arguments.story]
    if split not in {None, held}:
        raise UsageError(f"Tale {arguments.story!r} is in the split {held!r}, not {split!r}. Leave --split out.")
    return held


def _find_places(
    arguments: argparse.Namespace, texts: Sequence[TrainingText], split: Split, skipped: Mapping[str, int]
) -> list[int]:
    of_story = [place for place, text in enumerate(texts) if arguments.story in {None, text.story_id}]
    places = [place for place in of_story if arguments.event in {None, texts[place].event_id}]
    if places:
        return places[: arguments.limit or 1]
    if of_story:
        if not any(text.event_id for text in texts):
            raise UsageError(f"Step {arguments.step!r} is asked of tales as a whole. Leave --event out.")
        known = ", ".join(sorted({texts[place].event_id for place in of_story}, key=lambda each: (len(each), each))[:40])
        raise UsageError(f"There is no example of event {arguments.event!r} there. Events with examples: {known}.")
    whose = f"tale {arguments.story!r}" if arguments.story else f"the split {split!r}"
    why = "; ".join(f"{reason} ({count})" for reason, count in skipped.items())
    raise NoExamplesError(
        f"Step {arguments.step!r} has no examples of {whose}."
        + (f" In all tales there was none because: {why}." if why else "")
    )


def _print_json(previews: Sequence[Preview], *, as_list: bool) -> None:
    documents = [preview.as_json() for preview in previews]
    print_json(documents if as_list else documents[0])
