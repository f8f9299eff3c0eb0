"""The errors that ft-core raises.

Every error says what is wrong, whose it is (a file and a JSON path, or a step, hook, distribution and version) and what to do.
``exit_code`` is what the command line leaves with: 1 failed, 2 wrong usage.

    FtCoreError
    ├── UsageError                  a flag or argument that cannot be meant
    │   ├── UnknownStepError        a step that is not installed
    │   └── ConfigError             one or more problems of a configuration
    ├── PluginError                 something wrong with one installed step
    │   ├── DuplicateStepError      two distributions provide one step name
    │   ├── InvalidStepNameError    an entry-point name outside [a-z][a-z0-9_]*
    │   ├── SharedModuleError       one module serves two step names
    │   ├── StepImportError         the step's module cannot be imported
    │   ├── HookError               one hook of a step
    │   │   ├── UnknownHookError        a misspelt hook
    │   │   ├── HookArgumentError       a misspelt hook argument, or one with a default
    │   │   ├── MissingHookError        a required hook is not there
    │   │   ├── SpecnameError           ``specname=`` on a step's hook
    │   │   ├── HookReturnedNoneError   a hook answered None
    │   │   ├── HookResultError         a hook answered something of another type
    │   │   └── HookFailedError         a hook raised
    │   ├── InvalidStepInfoError    what describe_step answered cannot be used
    │   ├── InvalidSchemaError      output_schema is not a JSON Schema
    │   ├── MissingRequirementError requires a step that is not installed or is broken
    │   └── StepCycleError          requires and uses go in a circle
    ├── DataError                   tales, sidecars or prepared files that cannot be used
    │   ├── NoTalesError            a folder without tales
    │   ├── TaleError               one tale's file
    │   └── PreparedDataError       a prepared JSONL folder
    ├── TrainingError               the engine cannot train
    │   ├── EngineMissingError      Unsloth or its stack is not installed
    │   ├── BaseModelError          a base model that cannot be found or loaded
    │   ├── ChatTemplateError       a chat template that cannot carry our prompts
    │   ├── RowTooLongError         a row longer than the limit
    │   ├── NoTrainedTokensError    a row without a token to learn
    │   ├── NoExamplesError         a named step without examples
    │   └── TrainingStoppedError    a signal asked to stop; a checkpoint was written
    └── OutputError                 an output folder that cannot be used
        └── RunMismatchError        the folder holds another run, or this step already
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "BaseModelError",
    "ChatTemplateError",
    "ConfigError",
    "DataError",
    "DuplicateStepError",
    "EngineMissingError",
    "FtCoreError",
    "HookArgumentError",
    "HookError",
    "HookFailedError",
    "HookResultError",
    "HookReturnedNoneError",
    "InvalidSchemaError",
    "InvalidStepInfoError",
    "InvalidStepNameError",
    "MissingHookError",
    "MissingRequirementError",
    "NoExamplesError",
    "NoTalesError",
    "NoTrainedTokensError",
    "OutputError",
    "PluginError",
    "PreparedDataError",
    "RowTooLongError",
    "RunMismatchError",
    "SharedModuleError",
    "SpecnameError",
    "StepCycleError",
    "StepImportError",
    "TaleError",
    "TrainingError",
    "TrainingStoppedError",
    "UnknownHookError",
    "UnknownStepError",
    "UsageError",
]


class FtCoreError(Exception):
    """Any error of ft-core; its text is meant for the user."""

    exit_code: ClassVar[int] = 1


class UsageError(FtCoreError):
    """A flag or argument that cannot be meant."""

    exit_code = 2


class UnknownStepError(UsageError):
    """A step was named that is not installed."""


class ConfigError(UsageError):
    """A configuration with one or more problems, all told together."""

    def __init__(self, problems: Sequence[str], source: str = "") -> None:
        self.problems = tuple(problems)
        where = f" in {source}" if source else ""
        super().__init__(f"The configuration cannot be used{where}:\n" + "\n".join(f"  - {text}" for text in self.problems))


class PluginError(FtCoreError):
    """Something is wrong with one installed step; the other steps go on."""


class DuplicateStepError(PluginError):
    """Two distributions provide one step name."""


class InvalidStepNameError(PluginError):
    """An entry-point name that cannot be a step name."""


class SharedModuleError(PluginError):
    """One module serves two step names."""


class StepImportError(PluginError):
    """The module of a step cannot be imported."""


class HookError(PluginError):
    """Something is wrong with one hook of a step."""


class UnknownHookError(HookError):
    """A step implements a hook that ft-core does not have."""


class HookArgumentError(HookError):
    """A step's hook asks for an argument that ft-core does not pass."""


class MissingHookError(HookError):
    """A step lacks a required hook."""


class SpecnameError(HookError):
    """A step's hook uses ``specname=``."""


class HookReturnedNoneError(HookError):
    """A hook answered None where an answer is due."""


class HookResultError(HookError):
    """A hook answered something of another type."""


class HookFailedError(HookError):
    """A hook raised an exception."""


class InvalidStepInfoError(PluginError):
    """What ``describe_step`` answered cannot be used."""


class InvalidSchemaError(PluginError):
    """A step's ``output_schema`` is not a JSON Schema."""


class MissingRequirementError(PluginError):
    """A step requires another one that is not there."""


class StepCycleError(PluginError):
    """The ``requires`` and ``uses`` of some steps go in a circle."""


class DataError(FtCoreError):
    """Tales or prepared files that cannot be used."""


class NoTalesError(DataError):
    """A folder that holds no tale."""


class TaleError(DataError):
    """The file of one tale cannot be read."""


class PreparedDataError(DataError):
    """A folder of prepared JSONL files cannot be used."""


class TrainingError(FtCoreError):
    """The engine cannot train what was asked."""


class UnknownShapeError(TrainingError):
    """A base model whose memory cannot be estimated, for its layers are not known."""


class EngineMissingError(TrainingError):
    """Unsloth, or a library that it needs, is not installed."""


class BaseModelError(TrainingError):
    """A base model that cannot be found or loaded."""


class ChatTemplateError(TrainingError):
    """A chat template that cannot carry a system and a user text unchanged."""


class RowTooLongError(TrainingError):
    """A row is longer than the limit."""


class NoTrainedTokensError(TrainingError):
    """A row has no token to learn."""


class NoExamplesError(TrainingError):
    """A step that was named has no examples."""


class OutputError(FtCoreError):
    """An output folder that cannot be used."""


class RunMismatchError(OutputError):
    """The output folder holds another run, or holds the step already."""


class TrainingStoppedError(TrainingError):
    """The user, or the system, has asked a training to stop; it can go on from a checkpoint.

    Attributes:
        signal: what asked.
        step: optimizer steps that are done.
        steps: optimizer steps in all.
    """

    exit_code: ClassVar[int] = 130  # as shells have it where a signal ended a program

    def __init__(self, signal: str, step: int, steps: int) -> None:
        super().__init__(f"stopped by {signal} after optimizer step {step} of {steps}; a checkpoint was written")
        self.signal, self.step, self.steps = signal, step, steps
