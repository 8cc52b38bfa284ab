"""What a setting of a run decides, stated where the setting is declared."""

from enum import Flag
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import Field

_METADATA = "decides"


class Decides(Flag):
    """What a setting decides. Two runs that differ in it cannot share that.

    What decides a completion or a comparison decides a result, too: `Decides.RESULT in Decides.COMPLETION`.
    """

    NOTHING = 0
    """It was where and when the run was made, or says in full what another setting says in short."""

    RESULT = 0b001
    """Which attempts are made, or what becomes of one: a run is resumed only under the same."""

    COMPLETION = 0b011
    """What the model answers: a recorded completion is replayed only under the same."""

    COMPARISON = 0b101
    """What a pass rate means: a gate compares runs only under the same. The others may be what is tried."""

    @property
    def metadata(self) -> dict[str, "Decides"]:
        """What `dataclasses.field` is given by a field that decides this."""
        return {_METADATA: self}


def decided_by(member: "Field[Any]") -> Decides:
    """Return what a field decides. Raises `KeyError` for one that does not state it."""
    decides: Decides = member.metadata[_METADATA]
    return decides
