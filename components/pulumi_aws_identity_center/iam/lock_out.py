"""The actions that lock everybody out: one table, and whether a document grants one of them.

The policy pack, the gate and `who-can-disable` read this table. Tests hold the guard document, the Sentinel and the
docs to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_aws_identity_center.names import DISABLE_ACTION, SERVICE_PRINCIPAL_KEY, SSO_SERVICE_PRINCIPAL

from .document import Document, Statement
from .evaluation import Verdict, evaluate
from .request import EVERY_OTHER_KEY, Request, Value

# ARNs of which only the parts written out are known; the formats are on the services' pages of the
# service authorization reference (list_awsiamidentitycenter.html, list_account-access.html).
INSTANCE_SHAPE: Final = "arn:*:sso:::instance/*"
APPLICATION_SHAPE: Final = "arn:*:account-access:*:*:application/*"


@dataclass(frozen=True)
class LockOutAction:
    """effect: what people lose. source: the AWS page that says so (docs.aws.amazon.com/...). undo: how to get it back,
    "" where nothing does. certainty: "documented", or "inferred" where no page says it in so many words.
    resource: the ARN that the call is on, "*" in place of the parts that aren't known; "*" for an action without a
    resource type."""

    effect: str
    source: str
    undo: str = ""
    certainty: str = "documented"
    resource: str = "*"


_SIGN_IN = "nobody can sign in to any account"
_GUIDE, _API = "singlesignon/latest/userguide", "singlesignon/latest/APIReference"
_OTHER_SOURCE = LockOutAction(
    effect="the identity source changes: AWS deletes the users, the groups and their assignments",
    source=f"{_GUIDE}/manage-your-identity-source-considerations.html",
)

LOCK_OUT: Final[Mapping[str, LockOutAction]] = {
    DISABLE_ACTION: LockOutAction(
        effect=_SIGN_IN,
        undo="identity-center recover",
        source="organizations/latest/userguide/services-that-can-integrate-sso.html",
    ),
    "organizations:DeleteOrganization": LockOutAction(
        effect=_SIGN_IN,
        source="organizations/latest/APIReference/API_DeleteOrganization.html",
    ),
    "sso:DeleteInstance": LockOutAction(
        effect="all users, groups, permission sets and assignments are deleted",
        source=f"{_API}/API_DeleteInstance.html",
        resource=INSTANCE_SHAPE,
    ),
    "sso:AssociateDirectory": _OTHER_SOURCE,
    "sso:DisassociateDirectory": _OTHER_SOURCE,
    "sso:UpdateInstance": LockOutAction(
        effect="sign-in is limited to VPC endpoints, or the instance's data is encrypted with a key that can be lost",
        undo="aws sso-admin update-instance, by an identity that still reaches the API",
        source=f"{_API}/API_UpdateInstance.html",
        certainty="inferred",
        resource=INSTANCE_SHAPE,
    ),
    "account-access:DeleteApplication": LockOutAction(
        effect="everybody who reaches accounts through IAM account access manager loses them at once",
        source="account-access/latest/APIReference/API_DeleteApplication.html",
        resource=APPLICATION_SHAPE,
    ),
    "sso-directory:DisableExternalIdPConfigurationForDirectory": LockOutAction(
        effect="people who sign in by an external identity provider no longer can",
        undo="enable the identity provider in the console, by an identity that still reaches it",
        source="service-authorization/latest/reference/list_awsiamidentitycenterdirectory.html",
        certainty="inferred",
    ),
}
LOCK_OUT_ACTIONS: Final = tuple(LOCK_OUT)

# With one of these on the instance's customer managed key nobody can sign in either. They count only for that key.
_KEY_GUIDE = f"{_GUIDE}/encryption-at-rest.html"
LOCK_OUT_BY_KEY: Final[Mapping[str, LockOutAction]] = {
    "kms:DisableKey": LockOutAction(_SIGN_IN, _KEY_GUIDE, "aws kms enable-key", certainty="inferred"),
    "kms:ScheduleKeyDeletion": LockOutAction(
        _SIGN_IN, _KEY_GUIDE, "aws kms cancel-key-deletion, while the waiting period lasts", certainty="inferred"
    ),
    "kms:PutKeyPolicy": LockOutAction(_SIGN_IN, _KEY_GUIDE, "aws kms put-key-policy", certainty="inferred"),
}


@dataclass(frozen=True)
class Grant:
    """certain: whoever has the document can; otherwise it depends on what the document doesn't tell."""

    action: str
    statement: Statement
    certain: bool


def lock_out_request(
    action: str, context: Mapping[str, Value], unknown_keys: frozenset[str], closed: tuple[str, ...] = ()
) -> Request:
    """The call that locks everybody out by this action, made by a caller of whom `context` is known."""
    resource = LOCK_OUT[action].resource
    service = SSO_SERVICE_PRINCIPAL if action == DISABLE_ACTION else ()
    return Request(
        action,
        resource,
        {**context, SERVICE_PRINCIPAL_KEY: service},
        unknown_keys,
        resource_is_shape=resource != "*",
        closed=closed,
    )


_REQUESTS = [lock_out_request(action, {}, frozenset({EVERY_OTHER_KEY})) for action in LOCK_OUT_ACTIONS]


def grants_lock_out(document: Document) -> Grant | None:
    """The worst that the document grants by itself, its own Deny statements counted; None: nothing, whoever has it."""
    return worst_grant(document, _REQUESTS)


def worst_grant(document: Document, requests: Iterable[Request]) -> Grant | None:
    """The first of the calls that the document certainly allows, else the first that it may allow; None: none."""
    return min(_grants(document, requests), key=lambda grant: not grant.certain, default=None)


def _grants(document: Document, requests: Iterable[Request]) -> Iterator[Grant]:
    for request in requests:
        decision = evaluate(request, identity=[document])
        if decision.verdict is not Verdict.DENIED:
            allow = next(statement for statement in decision.by if statement.effect == "Allow")
            yield Grant(request.action, allow, certain=decision.verdict is Verdict.ALLOWED)
