"""Why a part of the Sentinel, as it is there, doesn't turn Identity Center's trusted access on. Pure.

A value that can't be known yet is no failing: a new part's ARNs are known after the update only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.domain import break_glass
from pulumi_aws_identity_center.domain.sentinel import seconds_between_runs
from pulumi_aws_identity_center.domain.values import is_account_id
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.gate.change import Resource, hides, is_unknown
from pulumi_aws_identity_center.iam import Request, Verdict, evaluate, readable_document
from pulumi_aws_identity_center.names import (
    DISABLE_ACTION,
    ENABLE_ACTION,
    LIST_ACTION,
    SENTINEL_NAME,
    SERVICE_PRINCIPAL_KEY,
    SSO_SERVICE_PRINCIPAL,
)

_HOUR: Final = 3600
_DISABLED: Final = {
    "source": "aws.organizations",
    "detail-type": "AWS API Call via CloudTrail",
    "detail": {
        "eventSource": "organizations.amazonaws.com",
        "eventName": DISABLE_ACTION.partition(":")[2],
    },
}


def failings(type_: str, state: Resource) -> list[str]:
    """A sentence's end each; none of a part that works, and of a type that doesn't decide."""
    reasons = _FAILINGS.get(type_)
    return [reason for reason, holds in reasons(state).items() if holds] if reasons else []


def _of_rule(state: Resource) -> dict[str, bool]:
    pattern, schedule = state.tells("eventPattern"), state.tells("scheduleExpression")
    return {
        "its rule is disabled": state.tells("state") == "DISABLED" or state.tells("isEnabled") is False,
        "its rule doesn't match DisableAWSServiceAccess": _is_known(pattern) and not _matches(_parsed(pattern)),
        "it runs by the clock less than once an hour": _is_known(schedule) and seconds_between_runs(schedule) > _HOUR,
    }


def _of_target(state: Resource) -> dict[str, bool]:
    keys = ("input", "inputPath", "inputTransformer")
    return {
        "its rule invokes something else": _is_other(state.tells("arn"), f":function:{SENTINEL_NAME}"),
        "its target belongs to another rule": _is_other(state.tells("rule"), SENTINEL_NAME),
        "the function gets something else than the event": any(state.tells(key) for key in keys),
    }


def _of_permission(state: Resource) -> dict[str, bool]:
    is_other = (
        state.tells("principal") not in (None, "events.amazonaws.com")
        or state.tells("action") not in (None, "lambda:InvokeFunction")
        or _is_other(state.tells("sourceArn"), f":rule/{SENTINEL_NAME}-")
    )
    return {"its rule may not invoke it": is_other}


def _of_function(state: Resource) -> dict[str, bool]:
    variables = _variables(state)
    guarded = variables.get("SERVICE_PRINCIPALS", SSO_SERVICE_PRINCIPAL)
    return {
        "its mode isn't enforce, so it only tells": variables.get("MODE") != "enforce",
        f"it doesn't guard {SSO_SERVICE_PRINCIPAL}": SSO_SERVICE_PRINCIPAL not in str(guarded).split(","),
        "no run of it is allowed (reservedConcurrentExecutions 0)": state.tells("reservedConcurrentExecutions") == 0,
        "it may turn nothing on (MAX_ENABLES_PER_HOUR)": str(variables.get("MAX_ENABLES_PER_HOUR", 1)) == "0",
        "it only tells until a date that no break-glass can have": not _may_be_open(variables.get("BREAK_GLASS_UNTIL")),
        "its handler is another": state.tells("handler") not in (None, "handler.handle"),
        "its role is another": _is_other(state.tells("role"), f":role/{SENTINEL_NAME}"),
    }


def _variables(state: Resource) -> Mapping[str, Any]:
    environment = state.tells("environment")
    variables = environment.get("variables") if isinstance(environment, dict) else environment
    if is_unknown(variables):
        return {"MODE": "enforce"}
    return variables if isinstance(variables, dict) else {}


def _of_role(state: Resource) -> dict[str, bool]:
    trust = state.tells("assumeRolePolicy")
    return {
        "a permissions boundary is on its role": bool(state.tells("permissionsBoundary")),
        "Lambda may not assume its role": _is_known(trust) and "lambda.amazonaws.com" not in json.dumps(trust),
    }


def _of_policy(state: Resource) -> dict[str, bool]:
    document = state.tells("policy")
    if not _is_known(document):
        return {}
    return {
        f"its role may not call {action}": not _allows(document, action) for action in (LIST_ACTION, ENABLE_ACTION)
    } | {"its policy is another role's": _is_other(state.tells("role"), SENTINEL_NAME)}


_FAILINGS: Final[Mapping[str, Callable[[Resource], dict[str, bool]]]] = {
    "aws:cloudwatch/eventRule:EventRule": _of_rule,
    "aws:cloudwatch/eventTarget:EventTarget": _of_target,
    "aws:lambda/permission:Permission": _of_permission,
    "aws:lambda/function:Function": _of_function,
    "aws:iam/role:Role": _of_role,
    "aws:iam/rolePolicy:RolePolicy": _of_policy,
}


def _is_known(value: Any) -> bool:
    return value not in (None, "") and not hides(value)


def _is_other(value: Any, part: str) -> bool:
    return _is_known(value) and part not in str(value)


def _may_be_open(until: Any) -> bool:
    if not _is_known(until):
        return True
    try:
        return break_glass.parse_break_glass({"reason": "open", "expires": until}, closing=True) is not None
    except InvalidInput:
        return False


def _allows(document: Any, action: str) -> bool:
    context = {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL} if action == ENABLE_ACTION else {}
    identity = list(filter(None, [readable_document(document)]))
    return evaluate(Request(action, context=context), identity=identity).verdict is Verdict.ALLOWED


def _parsed(pattern: Any) -> Any:
    try:
        return json.loads(pattern) if isinstance(pattern, str) else pattern
    except (ValueError, RecursionError):
        return None


def _matches(pattern: Any, event: Mapping[str, Any] = _DISABLED) -> bool:
    """Whether an EventBridge pattern of plain values takes the event; of operators, only `exists: false` is known
    (docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html). An account may be any."""
    if not isinstance(pattern, Mapping):
        return False
    return all(_takes(key, wanted, event.get(key)) for key, wanted in pattern.items())


def _takes(key: str, wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and _matches(wanted, value)
    if not isinstance(wanted, list):
        return False
    if key == "account":
        return any(map(is_account_id, wanted))
    return value in wanted if value is not None else {"exists": False} in wanted
