"""``ft-core evaluate``: how good the adapters of a run are, on tales they never saw."""

from __future__ import annotations

import argparse
from pathlib import Path

from ft_core.cli.drift import add_drift_flag
from ft_core.cli.number import positive
from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.corpus.training_data import SPLITS
from ft_core.infer.evaluate.option import EvaluationOptions

__all__ = ["add_arguments", "run"]

_BESIDE = {
    "stac_dir": "folders with STAC sidecars of these tales (default: those of the run)",
    "texts_dir": "folders with the texts of these tales (default: those of the run)",
    "summaries": "CSV files with summaries of these tales (default: those of the run)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("--run", required=True, metavar="DIR", help="output folder of ft-core train")
    parser.add_argument(
        "--data-dir", action="append", default=[], metavar="DIR",
        help="folder of annotated tales; may be repeated (default: the tales that the run was trained on)",
    )  # fmt: skip
    parser.add_argument("--split", choices=SPLITS, default="test", help="the tales to measure on (default: test)")
    parser.add_argument("--steps", nargs="+", action="extend", default=[], metavar="STEP", help="the steps (default: all)")
    parser.add_argument("--step", dest="steps", action="append", metavar="STEP", help="one step; may be repeated")
    parser.add_argument("--limit", type=positive, metavar="N", help="events a step, chosen by the seed (default: all)")
    parser.add_argument(
        "--pipeline", action=argparse.BooleanOptionalAction, default=True,
        help="measure the adapters in a row too, each shown what those before it answered (default: yes)",
    )  # fmt: skip
    parser.add_argument(
        "--no-constrain", action="store_true", help="ask the adapters without constraint too: how many answers are valid?"
    )
    parser.add_argument(
        "--sanity", action="store_true", help="train and measure adapters of shuffled gold; takes as long as training"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of the choice of events and of the intervals (default: the run's)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model runs (default: auto)")
    parser.add_argument("--report-dir", metavar="DIR", help="folder for the report (default: _evaluation in the run's folder)")
    for name, text in _BESIDE.items():
        parser.add_argument(f"--{name.replace('_', '-')}", nargs="+", action="extend", metavar="NAME", help=text)
    add_drift_flag(parser)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure the adapters of a run, and say how good they are."""
    from ft_core.infer.evaluate.run import PAGE, REPORT_FOLDER, evaluate_run
    from ft_core.infer.evaluate.summary import print_results

    report = Path(arguments.report_dir or Path(arguments.run) / REPORT_FOLDER)
    results = evaluate_run(arguments.run, _read_options(arguments), report_dir=report, say=say)
    if arguments.json:
        print_json(results)
    else:
        print_results(results)
        say(f"\nWritten to {report}. Look at {report / PAGE} in a browser.")
    return 0


def _read_options(arguments: argparse.Namespace) -> EvaluationOptions:
    beside = {name: getattr(arguments, name) for name in _BESIDE}
    return EvaluationOptions(
        split=arguments.split,
        data_dirs=[Path(each) for each in arguments.data_dir],
        steps=arguments.steps,
        limit=arguments.limit,
        unconstrained=arguments.no_constrain,
        pipeline=arguments.pipeline,
        sanity=arguments.sanity,
        seed=arguments.seed,
        device=arguments.device,
        allow_drift=arguments.allow_drift,
        beside={name: tuple(value) for name, value in beside.items() if value},
    )
