from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pulumi_aws_identity_center import (
    disable_document,
    enable_document,
    guard_document,
    install_document,
    observe_document,
    preview_document,
)
from pulumi_aws_identity_center.domain.sentinel_arns import TAMPERING_ACTIONS
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.walk import walk

ALL = [enable_document, disable_document, observe_document, guard_document]
ONLY_SSO = {"StringEquals": {"organizations:ServicePrincipal": "sso.amazonaws.com"}}


def _actions(document: dict, effect: str = "Allow") -> set[str]:
    return {action for row in document["Statement"] if row["Effect"] == effect for action in row["Action"]}


@walk("build", ALL)
@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_document_is_iam_json_in_every_partition(build: Callable, partition: str) -> None:
    document = build(partition=partition)
    assert json.loads(json.dumps(document)) == document
    assert document["Version"] == "2012-10-17"
    sids = [row["Sid"] for row in document["Statement"]]
    assert len(sids) == len(set(sids))
    resources = [row["Resource"] for row in document["Statement"] if row["Resource"] != "*"]
    for arn in [arn for resource in resources for arn in ([resource] if isinstance(resource, str) else resource)]:
        assert arn.startswith(f"arn:{partition}:")


@walk("build", ALL)
def test_an_unknown_partition_is_refused(build: Callable) -> None:
    with pytest.raises(InvalidInput, match="it must be one of aws, aws-cn, aws-us-gov"):
        build(partition="aws-mars")


def test_enabling_can_not_disable_and_is_for_this_one_service() -> None:
    document = enable_document()
    assert "organizations:DisableAWSServiceAccess" not in _actions(document)
    [act] = [row for row in document["Statement"] if "organizations:EnableAWSServiceAccess" in row["Action"]]
    assert act["Condition"] == ONLY_SSO


def test_observing_changes_nothing() -> None:
    verbs = {action.split(":")[1] for action in _actions(observe_document())}
    assert all(verb.startswith(("List", "Describe", "Get")) for verb in verbs)


def test_no_document_allows_a_wildcard_but_the_boundary() -> None:
    for build in ALL:
        assert not any("*" in action for action in _actions(build()))
    assert _actions(guard_document(boundary=True)) == {"*"}


def test_the_guard_denies_every_lock_out_action_and_grants_nothing() -> None:
    assert _actions(guard_document()) == set()
    assert _actions(guard_document(), "Deny") == {*LOCK_OUT_ACTIONS, *TAMPERING_ACTIONS}


def test_break_glass_roles_are_left_out_of_each_denial() -> None:
    role = "arn:aws:iam::111122223333:role/break-glass"
    for row in guard_document(break_glass_principals=[role])["Statement"]:
        assert row["Condition"]["ArnNotLike"] == {"aws:PrincipalArn": [role]}


def test_a_break_glass_role_of_another_form_is_refused() -> None:
    for arn in (
        "break-glass",
        "arn:aws-cn:iam::111122223333:role/x",
        "arn:aws:sts::111122223333:role/x",
        "arn:aws:iam::1:x/y",
        # A typo that would show only in an emergency: it exempts nobody.
        *(
            "arn:aws:iam::11112222333:role/x",
            "arn:aws:iam::11112222333x:role/x",
            f"arn:aws:iam::111122223333:role/{'x' * 65}",
            "arn:aws:iam::111122223333:role/x,arn:aws:iam::111122223333:role/y",
            "arn:aws:iam::111122223333:role/AWSReservedSSO_BreakGlass_*",
            "arn:aws:iam::111122223333:role/x;arn:aws:iam::111122223333:role/y",
        ),
        *(
            "arn:aws:iam::111122223333:role/x\n",
            "arn:aws:iam::111122223333:role/x y",
            "arn:aws:iam::111122223333:role/é",
        ),
    ):
        with pytest.raises(InvalidInput, match="must be a role's ARN"):
            guard_document(break_glass_principals=[arn])


IAM = "arn:aws:iam::"


@walk(
    "all_of_them",
    [
        *("*", "*:*", "111122223333:role/*", "*:role/?*", "1111*:user/*/*"),
        *("*:user/${aws:username}", "*:role/*${aws:username}", "*:user/${aws:username, '*'}"),
        *("111122223333:*", "111122223333:?*", "*:*/*", "111122223333:role/team/*", "111122223333:role/aws-reserved/*"),
        "111122223333:role/aws-reserved/sso.amazonaws.com/*",
        "*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_*",
        "111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_*_*",
        # Every permission set's role, by what all of these have in common.
        *(
            f"111122223333:role/aws-reserved/sso.amazonaws.com/{name}"
            for name in ("*AWSReservedSSO*", "?WSReservedSSO_*", "AWSReserved*", "A*", "*SSO*", "*_*")
        ),
        *("111122223333:role/a*", "111122223333:role/*sso*", "111122223333:role/aws-reserved/*/*/AWS*"),
        # In one Region: an instance has no other.
        *(
            f"111122223333:role/{name}"
            for name in (
                "aws-reserved/sso.amazonaws.com/ap-southeast-2/AWSReserved*",
                "aws-reserved/*/eu-*",
                "*us-w*W*",
            )
        ),
    ],
)
def test_one_that_exempts_everybody_is_refused(all_of_them: str) -> None:
    with pytest.raises(InvalidInput, match="would exempt everybody"):
        guard_document(break_glass_principals=[IAM + all_of_them])


@walk(
    "some",
    [
        *("111122223333:role/ops/break-*", "*:role/break-glass", "111122223333:root", "111122223333:role/b*"),
        "${aws:PrincipalAccount}:role/BreakGlass",
        "*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_BreakGlass_*",
        "*:role/aws-reserved/sso.amazonaws.com/eu-*/*BreakGlass*",
    ],
)
def test_a_pattern_that_names_some_is_taken(some: str) -> None:
    [row, *_] = guard_document(break_glass_principals=[IAM + some])["Statement"]
    assert row["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [IAM + some]


@walk(
    ("build", "said"),
    [
        (lambda: guard_document(break_glass_principals="arn:aws:iam::111122223333:role/a"), "it must be a list"),
        (lambda: guard_document(break_glass_principals=[7]), "The break-glass principal is 7"),  # type: ignore[list-item]
        (lambda: enable_document(roles="operator"), "roles is 'operator'; it must be a list"),
    ],
)
def test_text_for_a_list_is_one_error(build: Callable, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        build()
    assert len(caught.value.problems) == 1


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_what_people_carry_fits_in_a_users_inline_policies(partition: str) -> None:
    # 2,048 characters without white space: IAM/latest/UserGuide/reference_iam-quotas.html.
    for document in (enable_document(partition=partition), disable_document(), observe_document(partition=partition)):
        assert len(json.dumps(document, separators=(",", ":"))) <= 2048


def test_every_document_fits_in_a_managed_policy() -> None:
    role = "arn:aws:iam::111122223333:role/break-glass"
    for document in (
        guard_document(break_glass_principals=[role], boundary=True),
        preview_document(),
        install_document(),
    ):
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144
