"""Does an Organization's list of service principals keep `sso.amazonaws.com`? Pure. The components, `guard_stack()` and
the policy pack all decide by `fault_of_list()`."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .ignore_changes import Ignored, how_ignored
from .values import is_list

PROPERTY = "awsServiceAccessPrincipals"
PYTHON_NAME = "aws_service_access_principals"

FIX = (
    f'In Python: aws_service_access_principals=[..., "{SSO_SERVICE_PRINCIPAL}"], or, to leave the list alone, '
    f'opts=pulumi.ResourceOptions(ignore_changes=["{PROPERTY}"]). '
    f"In YAML: properties: {PROPERTY}: [..., {SSO_SERVICE_PRINCIPAL}], or options: ignoreChanges: [{PROPERTY}]."
)


def ignores_list(ignore_changes: Sequence[str]) -> bool:
    return how_ignored(PROPERTY, ignore_changes) is Ignored.ALL


def ignores_features(ignore_changes: Sequence[str]) -> bool:
    return how_ignored("featureSet", ignore_changes) is Ignored.ALL


class Fault(enum.Enum):
    """Why a list may take a service's trusted access away."""

    LEFT_OUT = enum.auto()
    UNKNOWN = enum.auto()
    NOT_A_LIST = enum.auto()
    MISSPELT = enum.auto()
    PARTLY_UNKNOWN = enum.auto()
    LACKING = enum.auto()


@dataclass(frozen=True)
class ListFault:
    """misspelt: the item that resembles the service principal."""

    fault: Fault
    misspelt: str = ""


def fault_of_list(listed: Any, principal: str = SSO_SERVICE_PRINCIPAL) -> ListFault | None:
    """What is wrong with a list for a service; None where the service is in it."""
    if listed is None:
        return ListFault(Fault.LEFT_OUT)
    if _is_unknown(listed):
        return ListFault(Fault.UNKNOWN)
    if not is_list(listed):
        return ListFault(Fault.NOT_A_LIST)
    if principal in listed:
        return None
    misspelt = next((item for item in listed if _resembles(item, principal)), None)
    if misspelt is not None:
        return ListFault(Fault.MISSPELT, misspelt)
    return ListFault(Fault.PARTLY_UNKNOWN if any(map(_is_unknown, listed)) else Fault.LACKING)


def problem_with_list(props: Mapping[str, Any], ignore_changes: Sequence[str]) -> str | None:
    """A sentence with the fix, or None for a list that keeps trusted access (or that nobody here can know)."""
    if ignores_list(ignore_changes):
        return None
    fault = fault_of_list(_listed(props))
    if fault is None or fault.fault not in _PROBLEMS:
        return None
    return f"{_PROBLEMS[fault.fault].format(misspelt=fault.misspelt)}\n{FIX}"


_PROBLEMS = {
    Fault.LEFT_OUT: (
        f"it gives no {PROPERTY}, and an update then disables every trusted service, {SSO_SERVICE_PRINCIPAL} among "
        "them: nobody could sign in."
    ),
    Fault.NOT_A_LIST: f"its {PROPERTY} isn't a list. It must be a list with {SSO_SERVICE_PRINCIPAL}.",
    Fault.MISSPELT: (
        f"its {PROPERTY} has {{misspelt!r}}, which is not {SSO_SERVICE_PRINCIPAL!r}: the update would disable trusted "
        "access, and nobody could sign in."
    ),
    Fault.LACKING: (
        f"its {PROPERTY} lacks {SSO_SERVICE_PRINCIPAL}: the update would disable trusted access, and nobody could sign "
        "in to any account."
    ),
}


def problem_with_part(ignore_changes: Sequence[str]) -> str | None:
    """For who sees the program's list and not what the engine makes of it: a sentence with the fix, or None."""
    if how_ignored(PROPERTY, ignore_changes) is not Ignored.A_PART:
        return None
    return (
        f"its ignoreChanges names a part of {PROPERTY}: the engine puts old elements back at their index, and "
        f"{SSO_SERVICE_PRINCIPAL} can go although the program lists it.\n{FIX}"
    )


def known_too_late(props: Mapping[str, Any], ignore_changes: Sequence[str]) -> bool:
    """Whether the list can't be judged yet: it, or enough of it, is known only in the update."""
    fault = fault_of_list(_listed(props))
    is_unknown = fault is not None and fault.fault in (Fault.UNKNOWN, Fault.PARTLY_UNKNOWN)
    return is_unknown and not ignores_list(ignore_changes)


def _listed(props: Mapping[str, Any]) -> Any:
    return props.get(PROPERTY, props.get(PYTHON_NAME))


def _is_unknown(value: Any) -> bool:
    """Whether a value stands for one that nobody here knows: what is plain data is known, and is no principal."""
    return not isinstance(value, (str, int, float, bool, type(None), Sequence, Mapping))


def _resembles(item: Any, principal: str) -> bool:
    """Whether it is the principal misspelt: other case, blanks, without its domain, or of another partition."""
    if not isinstance(item, str):
        return False
    letters = "".join(filter(str.isalnum, item.lower()))
    service = principal.partition(".")[0].replace("-", "")
    return letters.removeprefix("aws") in {f"{service}{ending}" for ending in _ENDINGS}


_ENDINGS = ("", "amazonaws", "amazonawscom", "amazonawscomcn")
