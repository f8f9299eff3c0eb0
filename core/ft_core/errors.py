"""The errors that ft-core raises.

Every error says what is wrong, whose it is (a file and a JSON path, or a step, hook, distribution and version) and what to do.
``exit_code`` is what the command line leaves with: 1 failed, 2 wrong usage.

    FtCoreError
    ├── UsageError                  a flag or argument that cannot be meant
    │   ├── NewStepError            a name that a new step cannot have
    │   ├── UnknownStepError        a step that is not installed
    │   └── ConfigError             one or more problems of a configuration
    ├── PluginError                 something wrong with one installed step or extension
    │   ├── BrokenExtensionError    an extension over all steps cannot be used, so no step can
    │   ├── VersionRangeError       made for another version of ft-core
    │   ├── SetupError              raised by a plugin itself: its user has something to mend
    │   ├── DuplicateStepError      two distributions provide one step name
    │   ├── InvalidStepNameError    an entry-point name outside [a-z][a-z0-9_]*
    │   ├── SharedModuleError       one module serves two step names
    │   ├── StepImportError         the step's module cannot be imported
    │   ├── HookError               one hook of a step
    │   │   ├── UnknownHookError        a misspelt hook
    │   │   ├── HookArgumentError       a misspelt hook argument, or one with a default
    │   │   ├── MissingHookError        a required hook is not there
    │   │   ├── UnmarkedHookError       a function with the name of a hook lacks @hookimpl
    │   │   ├── SpecnameError           ``specname=`` on a hook
    │   │   ├── ExtensionAnswerError    an extension answers where it may only wrap
    │   │   ├── HookReturnedNoneError   a hook answered None
    │   │   ├── HookResultError         a hook answered something of another type
    │   │   └── HookFailedError         a hook raised
    │   │       └── ExtensionFailedError    and it is the hook of an extension
    │   ├── InvalidStepInfoError    what describe_step answered cannot be used
    │   ├── InvalidSchemaError      output_schema is not a JSON Schema
    │   ├── MissingRequirementError requires a step that is not installed or is broken
    │   └── StepCycleError          requires and uses go in a circle
    ├── DataError                   tales, sidecars or prepared files that cannot be used
    │   ├── NoTalesError            a folder without tales
    │   ├── TaleError               one tale's file
    │   ├── PreparedDataError       a prepared JSONL folder
    │   └── NoHeldOutTalesError     no tale that an adapter may be measured on
    ├── TrainingError               the engine cannot train
    │   ├── EngineMissingError      Unsloth or its stack is not installed
    │   ├── BaseModelError          a base model that cannot be found or loaded
    │   ├── UnknownShapeError       a base model whose memory cannot be estimated
    │   ├── ChatTemplateError       a chat template that cannot carry our prompts
    │   ├── RowTooLongError         a row longer than the limit
    │   ├── NoTrainedTokensError    a row without a token to learn
    │   ├── NoExamplesError         a named step without examples
    │   └── TrainingStoppedError    a signal asked to stop; a checkpoint was written
    ├── MetricLibraryError          a library that metrics are computed with is not installed
    ├── InferenceError              trained steps cannot be asked
    │   ├── RunError                a folder that holds no run that can be asked
    │   └── ConstraintError         an output_schema that constrained decoding cannot follow
    │       └── NarrowingError          and it is one that narrow_schema gave for a question
    ├── OutputError                 an output folder that cannot be used
    │   └── RunMismatchError        the folder holds another run, or this step already
    └── AdapterError                an adapter that is damaged, or without effect
        └── ContractError           an adapter that was trained with something else than what is there now
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "AdapterError",
    "BaseModelError",
    "BrokenExtensionError",
    "ChatTemplateError",
    "ConfigError",
    "ConstraintError",
    "ContractError",
    "DataError",
    "DuplicateStepError",
    "EngineMissingError",
    "ExtensionAnswerError",
    "ExtensionFailedError",
    "FtCoreError",
    "HookArgumentError",
    "HookError",
    "HookFailedError",
    "HookResultError",
    "HookReturnedNoneError",
    "InferenceError",
    "InvalidSchemaError",
    "InvalidStepInfoError",
    "InvalidStepNameError",
    "MetricLibraryError",
    "MissingHookError",
    "MissingRequirementError",
    "NarrowingError",
    "NewStepError",
    "NoExamplesError",
    "NoHeldOutTalesError",
    "NoTalesError",
    "NoTrainedTokensError",
    "OutputError",
    "PluginError",
    "PreparedDataError",
    "RowTooLongError",
    "RunError",
    "RunMismatchError",
    "SetupError",
    "SharedModuleError",
    "SpecnameError",
    "StepCycleError",
    "StepImportError",
    "TaleError",
    "TrainingError",
    "TrainingStoppedError",
    "UnknownHookError",
    "UnknownShapeError",
    "UnknownStepError",
    "UnmarkedHookError",
    "UsageError",
    "VersionRangeError",
]


class FtCoreError(Exception):
    """Any error of ft-core; its text is meant for the user."""

    exit_code: ClassVar[int] = 1


class UsageError(FtCoreError):
    """A flag or argument that cannot be meant."""

    exit_code = 2


class NewStepError(UsageError):
    """A name that a new step cannot have."""


class UnknownStepError(UsageError):
    """A step was named that is not installed."""


class ConfigError(UsageError):
    """A configuration with one or more problems, all told together."""

    def __init__(self, problems: Sequence[str], source: str = "") -> None:
        self.problems = tuple(problems)
        where = f" in {source}" if source else ""
        super().__init__(f"The configuration cannot be used{where}:\n" + "\n".join(f"  - {text}" for text in self.problems))


class PluginError(FtCoreError):
    """Something is wrong with one installed step or extension; the other steps go on."""


class BrokenExtensionError(PluginError):
    """An extension cannot be used, so that the steps would ask otherwise than with it."""


class SetupError(PluginError):
    """Raised by the code of a step or extension where its user has something to mend; the text says what, as a sentence.

    What it says is told as it is, behind the name of the plugin, while any other exception is called a fault of the plugin.
    """


class VersionRangeError(PluginError):
    """A step or extension is made for another version of ft-core."""


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


class UnmarkedHookError(HookError):
    """A function has the name of a hook, but not its mark."""


class SpecnameError(HookError):
    """A hook uses ``specname=``."""


class ExtensionAnswerError(HookError):
    """An extension answers a hook in the place of every step; it may only wrap it."""


class HookReturnedNoneError(HookError):
    """A hook answered None where an answer is due."""


class HookResultError(HookError):
    """A hook answered something of another type."""


class HookFailedError(HookError):
    """A hook raised an exception."""


class ExtensionFailedError(HookFailedError):
    """A hook of an extension raised an exception; ``extension`` is its name."""

    def __init__(self, message: str, extension: str = "") -> None:
        super().__init__(message)
        self.extension = extension


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


class NoHeldOutTalesError(DataError):
    """No tale that an adapter may be measured on."""


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


class MetricLibraryError(FtCoreError):
    """A library that metrics are computed with cannot be imported."""


class InferenceError(FtCoreError):
    """Trained steps cannot be asked."""


class RunError(InferenceError):
    """A folder that holds no run, or one whose steps cannot be asked here."""


class ConstraintError(InferenceError):
    """A step's ``output_schema`` that constrained decoding cannot follow."""


class NarrowingError(ConstraintError):
    """A schema that a step's ``narrow_schema`` gave for a question, and that constrained decoding cannot follow."""


class OutputError(FtCoreError):
    """An output folder that cannot be used."""


class RunMismatchError(OutputError):
    """The output folder holds another run, or holds the step already."""


class AdapterError(FtCoreError):
    """An adapter that cannot be used: it is damaged, or it does nothing."""


class ContractError(AdapterError):
    """An adapter was trained with another prompt, template or base model than what is there now."""


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
