"""What a principal's permissions are after a change."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.access.account import HeldPolicy
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.permissions import Call, Permissions
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS
from pulumi_aws_identity_center.iam import parse_document

from tests.components.access.iam_account import allow, document, page_of, user

OWN, OTHER = HeldPolicy("own"), HeldPolicy("other")


@pytest.mark.parametrize("is_exchanged", [True, False])
def test_all_of_two_is_what_either_allows(is_exchanged):
    account = read_account([page_of(user())], RELEVANT_ACTIONS)
    [principal] = account.principals
    denies = allow("iam:TagUser", effect="Deny")
    old = parse_document(document(allow("iam:PutUserPolicy"), denies))
    new = parse_document(document(allow("iam:*User"), allow("iam:UpdateUser", effect="Deny")))
    before = Permissions.of(principal, account).with_policy(OWN, old).with_group("ops", {})
    after = before.with_policy(OWN, new) if is_exchanged else before.without_policy(OWN).with_policy(OTHER, new)
    both = after.without_group("ops").with_all_of(before)
    assert all(both.decide(Call(f"iam:{action}", "*")).can for action in ("PutUserPolicy", "TagUser", "UpdateUser"))
    assert "ops" in both.groups
