"""What a permission set's content is judged as where a preview doesn't know all of it."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.live_access import parse_content

from tests.walk import walk

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
WHOLE = {"managedPolicies": [ADMINISTRATOR]}


@walk("unknown", [None, UNKNOWN])
def test_an_unknown_part_may_be_any_policy(unknown: Any) -> None:
    """Alone, it may let somebody administer; beside an administrator's policy, it may deny or bound that."""
    alone = [
        {"managedPolicies": unknown},
        {"managedPolicies": [unknown]},
        {"inlinePolicy": unknown},
        {"customerManagedPolicies": unknown},
    ]
    beside = [
        {"inlinePolicy": unknown},
        {"managedPolicies": [ADMINISTRATOR, unknown]},
        {"permissionsBoundary": unknown},
        {"permissionsBoundary": {"managedPolicy": UNKNOWN}},
        {"customerManagedPolicies": unknown},
    ]
    for content in [*alone, *({**WHOLE, **part} for part in beside)]:
        assert administers(parse_content("x", content), Administration.MANAGEMENT_ACCOUNT) is None, content


@walk(
    "content",
    [
        {"description": None},
        {"tags": None},
        {"sessionDuration": UNKNOWN},
        {"permissionsBoundary": {"managedPolicy": ADMINISTRATOR, "customerManagedPolicy": None}},
    ],
)
def test_what_is_no_policy_decides_nothing(content: dict[str, Any]) -> None:
    assert administers(parse_content("x", {**WHOLE, **content}), Administration.MANAGEMENT_ACCOUNT) is True
