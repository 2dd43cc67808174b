"""ssoadmin: who has which permission set in which account.

One resource is one grant and, as the bridged provider does it, at least three calls: list, create, wait, list again.
"""

from __future__ import annotations

import time
from typing import Any

from sandbox.provider.calls import none_if_gone, pages
from sandbox.provider.record import Clients, Properties, Refused, ResourceType

# The order in an id and in an import id: terraform-provider-aws, ssoadmin_account_assignment.
_PARTS = ("principalId", "principalType", "targetId", "targetType", "permissionSetArn", "instanceArn")
_POLL_SECONDS, _MOST_SECONDS = 0.05, 300.0


def _arguments(inputs: Properties) -> dict[str, str]:
    return {name[0].upper() + name[1:]: inputs[name] for name in _PARTS}


def _parts(id_: str) -> dict[str, str]:
    values = id_.split(",")
    if len(values) != len(_PARTS):
        raise Refused(f"{id_!r} is not the id of an account assignment: give {','.join(_PARTS)}.")
    return dict(zip(_PARTS, values, strict=True))


def _create(aws: Clients, inputs: Properties) -> str:
    client = aws("sso-admin")
    id_ = ",".join(inputs[name] for name in _PARTS)
    if _read(aws, id_, {}) is not None:
        raise Refused(f"The account assignment {id_} already exists: import it, or take it out of the program.")
    status = client.create_account_assignment(**_arguments(inputs))["AccountAssignmentCreationStatus"]
    _wait(client, "creation", "Creation", inputs["instanceArn"], status)
    return id_


@none_if_gone("ResourceNotFoundException")
def _read(aws: Clients, id_: str, state: Properties) -> Properties | None:
    parts = _parts(id_)
    rows = pages(
        aws("sso-admin"),
        "list_account_assignments",
        "AccountAssignments",
        InstanceArn=parts["instanceArn"],
        AccountId=parts["targetId"],
        PermissionSetArn=parts["permissionSetArn"],
    )
    is_assigned = any(
        row["PrincipalId"] == parts["principalId"] and row["PrincipalType"] == parts["principalType"] for row in rows
    )
    return {**parts, "region": aws.region} if is_assigned else None


def _delete(aws: Clients, id_: str, state: Properties) -> None:
    client = aws("sso-admin")
    parts = _parts(id_)
    status = client.delete_account_assignment(**_arguments(parts))["AccountAssignmentDeletionStatus"]
    _wait(client, "deletion", "Deletion", parts["instanceArn"], status)


def _wait(client: Any, kind: str, name: str, instance: str, status: dict[str, Any]) -> None:
    """Waits until AWS has completed the request, which it does after it has answered. Raises Refused with AWS's
    reason."""
    describe = getattr(client, f"describe_account_assignment_{kind}_status")
    until = time.monotonic() + _MOST_SECONDS
    while status["Status"] == "IN_PROGRESS" and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
        answer = describe(InstanceArn=instance, **{f"AccountAssignment{name}RequestId": status["RequestId"]})
        status = answer[f"AccountAssignment{name}Status"]
    if status["Status"] != "SUCCEEDED":
        reason = status.get("FailureReason") or f"still {status['Status']} after {_MOST_SECONDS:.0f} seconds"
        raise Refused(f"The {kind} of an account assignment in {status.get('TargetId', instance)} failed: {reason}")


RECORDS = (
    ResourceType(
        token="aws:ssoadmin/accountAssignment:AccountAssignment",
        create=_create,
        read=_read,
        delete=_delete,
        replaces=frozenset({*_PARTS, "region"}),
        computed=frozenset({"region"}),
    ),
)
