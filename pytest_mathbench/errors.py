"""What can go wrong that is not the model's fault.

The model's faults are values (`records.Outcome`); these are exceptions. One that is raised while an item is
evaluated makes the item *not measured*: outside the accuracy, never a wrong answer.
"""

from pytest_mathbench.printable import printable


class MathbenchError(Exception):
    """A fault of the set-up or the infrastructure, told in sentences for the user.

    They may quote what an endpoint, a server's log or a file of others says: as text, it is printable.
    """

    def __str__(self) -> str:
        return printable(super().__str__(), keep="\n\t")


class ConfigurationError(MathbenchError):
    """An option, a file or a folder that cannot be used; found before any work starts."""


class ServerError(MathbenchError):
    """The model server did not start, or died."""


class NotAnsweringError(ServerError):
    """The endpoint cannot be reached, or cannot answer now: it may come up yet."""


class GenerationError(MathbenchError):
    """The endpoint gave no usable completion."""


class UnreachableError(GenerationError):
    """No connection to the endpoint, at any try."""


class RefusedError(GenerationError):
    """The endpoint does not take the request as it is: asked again, it would be refused again."""


class EndpointLostError(GenerationError):
    """The endpoint will answer no further request of this run: whatever is asked next fails in the same way."""


class RecordingError(MathbenchError):
    """What was measured cannot be written down; what was written before is kept."""


class HookError(MathbenchError):
    """A suite's or a plugin's implementation of one of our hooks failed."""


class ExportError(MathbenchError):
    """A finished run could not be handed to another tool."""


class SandboxError(MathbenchError):
    """The sandbox could not run a program."""


class GradingError(MathbenchError):
    """A grading child failed in a way that no answer explains."""
