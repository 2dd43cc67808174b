"""What one document grants by itself, for rules that don't see who will have it."""

from __future__ import annotations

import re
from pathlib import Path

from pulumi_aws_identity_center import disable_document, enable_document, guard_document, observe_document
from pulumi_aws_identity_center.iam import (
    LOCK_OUT,
    LOCK_OUT_ACTIONS,
    LOCK_OUT_BY_KEY,
    grants_lock_out,
    parse_document,
)
from pulumi_aws_identity_center.names import DISABLE_ACTION

from tests.walk import walk

BREAK_GLASS = ["arn:aws:iam::111122223333:role/break-glass"]


def grant(*statements):
    whole = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    lock_out_actions = grants_lock_out(parse_document({"Version": "2012-10-17", "Statement": whole}))
    return lock_out_actions and (lock_out_actions.action, lock_out_actions.certain)


def when(name, value, key="organizations:ServicePrincipal"):
    return {"Action": "organizations:*AWSServiceAccess", "Condition": {name: {key: value}}}


@walk("document", [enable_document(), observe_document(), guard_document()])
def test_enable_observe_and_guard_grant_nothing_of_it(document):
    assert grants_lock_out(parse_document(document)) is None


def test_the_disable_document_grants_it_for_certain():
    lock_out_actions = grants_lock_out(parse_document(disable_document()))
    assert lock_out_actions is not None
    assert (lock_out_actions.action, lock_out_actions.certain, lock_out_actions.statement.sid) == (
        DISABLE_ACTION,
        True,
        "DisableTrustedAccess",
    )


def test_a_guard_as_boundary_depends_on_who_has_it():
    boundary = guard_document(boundary=True, break_glass_principals=BREAK_GLASS)
    lock_out_actions = grants_lock_out(parse_document(boundary))
    assert lock_out_actions is not None
    assert not lock_out_actions.certain
    assert grants_lock_out(parse_document(guard_document(boundary=True))) is None


@walk(
    "action",
    [
        "*",
        "organizations:*",
        "ORGANIZATIONS:disableawsserviceaccess",
        "organizations:Disable*Access",
        "organ*:D??able*",
    ],
)
def test_wildcards_and_any_case_grant_it(action):
    assert grant({"Action": action}) == (DISABLE_ACTION, True)


@walk("action", ["iam:*", "organizations:Describe*", "organizations:?isableAWS", "sso:Describe*"])
def test_other_actions_do_not(action):
    assert grant({"Action": action}) is None


def test_the_other_two_lock_out_actions_count_too():
    assert grant({"Action": "organizations:DeleteOrganization"}) == ("organizations:DeleteOrganization", True)
    assert grant({"Action": "sso:Delete*"}) == ("sso:DeleteInstance", True)


def test_not_action_grants_what_it_does_not_name():
    assert grant({"NotAction": "iam:*"}) == (DISABLE_ACTION, True)
    assert grant({"NotAction": ["organizations:*", "sso:*"]}) == ("account-access:DeleteApplication", True)
    others = ["organizations:*", "sso:*", "account-access:*", "sso-directory:*"]
    assert grant({"NotAction": others[:3]}) == ("sso-directory:DisableExternalIdPConfigurationForDirectory", True)
    assert grant({"NotAction": others}) is None


@walk("action", LOCK_OUT_ACTIONS)
def test_each_lock_out_action_is_denied_by_the_guard(action):
    allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
    assert grant(allowed) == (action, True)
    assert grant(allowed, *guard_document()["Statement"]) is None


def test_each_lock_out_action_says_its_effect_and_source():
    for row in (*LOCK_OUT.values(), *LOCK_OUT_BY_KEY.values()):
        assert row.effect
        assert row.source.endswith(".html")
        assert row.certainty in ("documented", "inferred")


def test_a_grant_for_one_instance_may_be_the_organizations():
    statement = {"Action": "sso:DeleteInstance", "Resource": "arn:aws:sso:::instance/ssoins-1111222233334444"}
    assert grant(statement) == ("sso:DeleteInstance", False)
    assert grant({**statement, "Resource": "arn:aws:sso:::permissionSet/*"}) is None


def test_organizations_has_no_narrower_resource_than_all():
    assert grant({"Action": DISABLE_ACTION, "Resource": "arn:aws:organizations::111122223333:root/*"}) is None


@walk(
    ("condition", "expected"),
    [
        (when("StringEquals", "sso.amazonaws.com"), (DISABLE_ACTION, True)),
        (when("StringEquals", ["config.amazonaws.com", "sso.amazonaws.com"]), (DISABLE_ACTION, True)),
        (when("StringEquals", "config.amazonaws.com"), None),
        (when("StringEquals", "SSO.amazonaws.com"), None),
        (when("StringEqualsIgnoreCase", "SSO.amazonaws.com"), (DISABLE_ACTION, True)),
        (when("StringLike", "s?o.*"), (DISABLE_ACTION, True)),
        (when("StringNotEquals", "sso.amazonaws.com"), None),
        (when("StringNotLike", "config.*"), (DISABLE_ACTION, True)),
        (when("StringLikeIfExists", "sso.*"), (DISABLE_ACTION, True)),
        (when("ForAllValues:StringEquals", "config.amazonaws.com"), None),
        (when("ForAnyValue:StringLike", "sso.*"), (DISABLE_ACTION, True)),
        (when("Null", "true"), None),
        (when("StringEquals", "sso.amazonaws.com", "ORGANIZATIONS:serviceprincipal"), (DISABLE_ACTION, True)),
        (when("StringEquals", "${aws:PrincipalTag/service}"), (DISABLE_ACTION, False)),
        (when("StringEquals", "${aws:PrincipalTag/service, 'x'}"), (DISABLE_ACTION, False)),
        (when("Bool", "true", "aws:MultiFactorAuthPresent"), (DISABLE_ACTION, False)),
        (when("StringResembles", "x"), (DISABLE_ACTION, False)),
    ],
)
def test_conditions_count_by_iams_own_rules(condition, expected):
    assert grant(condition) == expected


def test_a_deny_in_the_document_counts_for_its_service():
    deny = {**when("StringEquals", "sso.amazonaws.com"), "Effect": "Deny"}
    other_service = {**when("StringEquals", "config.amazonaws.com"), "Effect": "Deny"}
    assert grant({"Action": "organizations:*AWSServiceAccess"}, deny) is None
    assert grant({"Action": "organizations:*AWSServiceAccess"}, other_service) == (DISABLE_ACTION, True)
    by_person = {**when("ArnNotLike", BREAK_GLASS, "aws:PrincipalArn"), "Effect": "Deny"}
    assert grant({"Action": "organizations:*AWSServiceAccess"}, by_person) == (DISABLE_ACTION, False)


def test_the_pages_have_every_action_and_how_sure_it_is():
    docs = Path(__file__).parents[3] / "docs"
    ways = (docs / "ways-to-lose-trusted-access.md").read_text("utf-8")
    table = (docs / "who-can-disable.md").read_text("utf-8").partition("## Lock-out actions")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| `")]
    by_action = {action: row for row in rows for action in re.findall(r"`([a-z-]+:\w+)`", row[0])}
    known = {**LOCK_OUT, **LOCK_OUT_BY_KEY}
    assert set(by_action) == set(known)
    for action, (first, _, undo) in by_action.items():
        assert ("(inferred)" in first) == (known[action].certainty == "inferred"), action
        assert (undo.strip() == "none") == (known[action].undo == ""), action
    assert [action for action in LOCK_OUT if action.partition(":")[2] not in ways] == []
