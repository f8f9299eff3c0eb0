"""``ft-core annotate``: tales in, annotated tales out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.cli.drift import add_drift_flag
from ft_core.cli.number import positive
from ft_core.cli.output import add_json_flag, print_json, print_table, say

if TYPE_CHECKING:
    from ft_core.infer.annotate.opened_answerer import OpenedAnswerer
    from ft_core.infer.annotate.report import AnnotationReport
    from ft_core.infer.annotate.setting import AnnotationSettings
    from ft_core.infer.annotate.trained_run import TrainedRun

__all__ = ["add_arguments", "run"]

_TOLD = 50

_HEADS = ("step", "answered", "repaired", "not valid", "kept", "not asked")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    from ft_core.infer.annotate.segment.segmentation import SEGMENTINGS
    from ft_core.infer.annotate.setting import LAYOUTS, ROSTERS

    tales_help = (
        "a text (.txt), annotated tales (.json, .jsonl), packed (.gz) or not, a folder of them, or a pattern: 'tales/*.txt'"
    )
    parser.add_argument("tales", nargs="+", metavar="TALE", help=tales_help)
    parser.add_argument("--run", required=True, metavar="DIR", help="output folder of the training whose adapters annotate")
    parser.add_argument("--output-dir", required=True, metavar="DIR", help="folder for the annotated tales")
    parser.add_argument("--steps", nargs="+", action="extend", default=[], metavar="STEP", help="only these trained steps")
    parser.add_argument("--step", dest="steps", action="append", metavar="STEP", help="one step; may be repeated")
    reading = parser.add_argument_group("reading")
    segment_help = "how tales without segments are divided (auto: by paragraph); segments that are there are always kept"
    reading.add_argument("--segment", choices=SEGMENTINGS, default="auto", help=segment_help)
    length_help = "characters that sentences are grouped to (default: the usual length in the tale's language)"
    reading.add_argument("--segment-length", type=positive, metavar="N", help=length_help)
    longest_help = "characters of the longest segment; longer paragraphs are divided at sentences (default: 1600)"
    reading.add_argument("--longest-segment", type=positive, default=1600, metavar="N", help=longest_help)
    roster_help = "characters that the search for them starts from: those named so far, all that the file lists, or none"
    reading.add_argument("--roster", choices=ROSTERS, default="known", help=f"{roster_help} (default: known)")
    reading.add_argument("--summaries", action="append", default=[], metavar="CSV", help="summaries of tales; may be repeated")
    reading.add_argument("--summarise", action="store_true", help="let the base model summarise tales without a summary")
    writing = parser.add_argument_group("writing")
    layout_help = "flat: one file a tale; tool: what the annotation tool keeps, the rest beside it (default: flat)"
    writing.add_argument("--layout", choices=LAYOUTS, default="flat", help=layout_help)
    embed_help = "keep STAC records, further annotations and provenance in the events"
    writing.add_argument("--embed", action="store_true", help=embed_help)
    writing.add_argument("--overwrite-labels", action="store_true", help="replace labels that the tale has already")
    overwrite_help = "annotate again tales that were annotated with something else, or whose files were changed since"
    writing.add_argument("--overwrite", action="store_true", help=overwrite_help)
    asking = parser.add_argument_group("asking")
    asking.add_argument("--no-constrain", action="store_true", help="let the model answer freely")
    asking.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="default: a GPU where there is one")
    asking.add_argument("--batch-size", type=positive, metavar="N", help="the most prompts that are answered together")
    tales_at_once = "tales that are asked about together and kept in memory (default: 16)"
    asking.add_argument("--tales-at-once", type=positive, default=16, metavar="N", help=tales_at_once)
    add_drift_flag(parser)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Annotate the tales."""
    from ft_core.corpus.beside.summary import Summaries
    from ft_core.infer.annotate.annotating import Annotator
    from ft_core.infer.annotate.trained_run import find_trained_run

    trained = find_trained_run(arguments.run, arguments.steps)
    annotator = Annotator(
        trained,
        _name_folder(arguments.output_dir),
        lambda: _open(trained, arguments),
        _read_settings(arguments),
        Summaries.read(arguments.summaries),
        tales_at_once=arguments.tales_at_once,
        overwrite=arguments.overwrite,
        allow_drift=arguments.allow_drift,
    )
    report = annotator.annotate(arguments.tales)
    if arguments.json:
        print_json(report.as_json())
    else:
        _print_report(report, annotator.folder)
    return report.exit_code


def _open(trained: TrainedRun, arguments: argparse.Namespace) -> OpenedAnswerer:
    from ft_core.infer.annotate.opened_answerer import open_answerer

    return open_answerer(trained, device=arguments.device, batch_size=arguments.batch_size, allow_drift=arguments.allow_drift)


def _name_folder(given: str) -> Path:
    """Return the output folder; ``new/..`` is there once ``new`` is made, and what it holds must be seen before."""
    folder = Path(given)
    return folder.resolve() if ".." in folder.parts else folder


def _read_settings(arguments: argparse.Namespace) -> AnnotationSettings:
    from ft_core.infer.annotate.segment.segmentation import Segmentation
    from ft_core.infer.annotate.setting import AnnotationSettings

    return AnnotationSettings(
        layout=arguments.layout,
        embed=arguments.embed,
        segmentation=Segmentation(arguments.segment, arguments.segment_length, arguments.longest_segment),
        roster=arguments.roster,
        overwrite_labels=arguments.overwrite_labels,
        summarise=arguments.summarise,
        constrained=not arguments.no_constrain,
    )


def _print_report(report: AnnotationReport, folder: Path) -> None:
    for note in report.notes:
        say(f"Note: {note}.")
    _tell([f"{file} is not annotated: {by} is the same tale" for file, by in report.superseded])
    _tell([f"{name} is left out: it is no tale" for name in report.left_out])
    _tell([f"Refused: {refusal}" for refusal in report.refusals])
    if report.steps:
        print_table(_HEADS, [_row(*each) for each in report.steps.items()])
    done = len(report.annotated)
    told = f"\n{done} tale{'s were' if done != 1 else ' was'} annotated"
    told += f", {len(report.finished)} had been before" if report.finished else ""
    told += f" ({len(report.edited)} of these changed since, and left alone)" if report.edited else ""
    refused = len({each.file for each in report.refusals})
    told += f", {refused} {'were' if refused > 1 else 'was'} refused" if refused else ""
    say(f"{told}. See {folder}.")
    repaired = sum(counts["repaired"] for counts in report.steps.values())
    if repaired:
        say(f"{repaired} answer{'s were' if repaired > 1 else ' was'} repaired: the provenance has each as the model gave it.")


def _row(step: str, counts: dict[str, int | dict[str, int]]) -> tuple[str, ...]:
    from ft_core.infer.annotate.report import COUNTED

    reasons = counts["not_asked"]
    total = sum(reasons.values()) if isinstance(reasons, dict) else reasons
    return step, *(str(counts[key]) for key in COUNTED), str(total)


def _tell(lines: Sequence[str]) -> None:
    for line in lines[:_TOLD]:
        say(line)
    if len(lines) > _TOLD:
        say(f"and {len(lines) - _TOLD} more, which the report has.")
