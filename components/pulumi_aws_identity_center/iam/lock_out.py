"""For rules that see one document and not who will have it: does it grant an action that locks everybody out?"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_aws_identity_center.names import (
    DISABLE_ACTION,
    LOCK_OUT_ACTIONS,
    SERVICE_PRINCIPAL_KEY,
    SSO_SERVICE_PRINCIPAL,
)

from .document import Document, Statement
from .evaluation import Verdict, evaluate
from .request import EVERY_OTHER_KEY, Request

# Organizations has no resource type for its two; an instance's ARN:
# docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
INSTANCE_SHAPE = "arn:*:sso:::instance/*"


@dataclass(frozen=True)
class Grant:
    """certain: whoever has the document can; otherwise it depends on what the document doesn't tell."""

    action: str
    statement: Statement
    certain: bool


def lock_out_request(action: str, context: dict[str, str], unknown_keys: frozenset[str]) -> Request:
    """The call that locks everybody out by this action, made by a caller of whom `context` is known."""
    is_disable = action == DISABLE_ACTION
    named = {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL if is_disable else ()}
    is_instance = action.startswith("sso:")
    return Request(
        action,
        INSTANCE_SHAPE if is_instance else "*",
        {**context, **named},
        unknown_keys,
        resource_is_shape=is_instance,
    )


_REQUESTS = {action: lock_out_request(action, {}, frozenset({EVERY_OTHER_KEY})) for action in LOCK_OUT_ACTIONS}


def grants_lock_out(document: Document) -> Grant | None:
    """The worst that the document grants by itself, its own Deny statements counted; None: nothing, whoever has it."""
    doubtful: Grant | None = None
    for action, request in _REQUESTS.items():
        decision = evaluate(request, identity=[document])
        if decision.verdict is Verdict.DENIED:
            continue
        statement = next(each for each in decision.by if each.effect == "Allow")
        if decision.verdict is Verdict.ALLOWED:
            return Grant(action, statement, certain=True)
        doubtful = doubtful or Grant(action, statement, certain=False)
    return doubtful
