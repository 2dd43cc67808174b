"""From one good organization, one thing broken a case."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, Stack
from rules.organization_keeps_sso import RULE

from tests.declared_resources import Said
from tests.walk import walk

LIST = "awsServiceAccessPrincipals"
SSO = "sso.amazonaws.com"


def _messages(props, ignore=(), **config) -> list[Said]:
    token = "aws:organizations/organization:Organization"
    declared = Declared(token, "org", f"urn:pulumi:dev::p::{token}::org", props, ignore_changes=ignore)
    assert RULE.check is not None
    return [Said.of(violation) for violation in RULE.check(declared, config, Stack("p", "dev", []))]


@walk("listed", [[SSO], ["guardduty.amazonaws.com", SSO], [SSO, SSO], [UNKNOWN, SSO]])
def test_a_list_with_the_principal_passes(listed) -> None:
    assert _messages({LIST: listed}) == []


@walk(
    "props",
    [
        {},
        {LIST: None},
        {LIST: []},
        {LIST: ["guardduty.amazonaws.com"]},
        {LIST: ["SSO.amazonaws.com"]},
        {LIST: [" sso.amazonaws.com"]},
        {LIST: ["sso.amazonaws.com.cn"]},
        {LIST: UNKNOWN},
        {LIST: ["guardduty.amazonaws.com", UNKNOWN]},
        {LIST: SSO},
        {LIST: "guardduty.amazonaws.com,sso.amazonaws.com"},
        {LIST: {SSO: True}},
    ],
)
def test_a_bad_list_is_refused_with_its_fix(props) -> None:
    (message,) = _messages(props)
    assert "Fix: " in message
    assert "org" in message


# What the engine honours was tried on it: tests/engine/test_policy_ignore_changes.py.
@walk("spelling", [LIST, f'["{LIST}"]', "*", "[*]", '["*"]'])
def test_a_list_whose_changes_are_ignored_passes(spelling: str) -> None:
    assert _messages({LIST: []}, (spelling,)) == []


@walk("spelling", [f"{LIST}[0]", f"{LIST}[*]", f"['{LIST}']", f" {LIST}", "aws_service_access_principals", "tags", ""])
def test_only_spellings_that_the_engine_takes_ignore_the_list(spelling: str) -> None:
    assert len(_messages({LIST: []}, (spelling,))) == 1


def test_what_the_preview_cannot_know_is_said_to_be_that() -> None:
    for listed in (UNKNOWN, ["guardduty.amazonaws.com", UNKNOWN]):
        (message,) = _messages({LIST: listed})
        assert "unknown, and could lack" in message


def test_an_unknown_list_whose_changes_are_ignored_passes() -> None:
    assert _messages({LIST: UNKNOWN}, (LIST,)) == []


def _fixed(props, ignore=()):
    assert RULE.fix is not None
    return RULE.fix(Declared("t", "org", "urn", props, ignore_changes=ignore), {}, Stack("p", "dev", []))


def test_the_fix_adds_the_principal_and_passes_the_check() -> None:
    for listed in ([], ["guardduty.amazonaws.com"], ["SSO.amazonaws.com", "guardduty.amazonaws.com"]):
        fixed = _fixed({LIST: listed})
        assert fixed[LIST][-1] == SSO
        assert set(fixed[LIST]) == {SSO, *listed} - {"SSO.amazonaws.com"}
        assert _messages(fixed) == []


def test_only_a_list_that_can_be_mended_is_remediated() -> None:
    for props in ({LIST: [SSO]}, {}, {LIST: UNKNOWN}, {LIST: ["guardduty.amazonaws.com", UNKNOWN]}, {LIST: "x"}):
        assert _fixed(props) is None
    assert _fixed({LIST: []}, (LIST,)) is None


def test_configured_services_are_guarded_beside_identity_center() -> None:
    other_services = ["guardduty.amazonaws.com", "config.amazonaws.com"]
    assert _messages({LIST: [SSO, *other_services]}, guardedServicePrincipals=other_services) == []
    (message,) = _messages({LIST: [SSO, other_services[0]]}, guardedServicePrincipals=other_services)
    assert "lacks config.amazonaws.com" in message
    (message,) = _messages({LIST: other_services}, guardedServicePrincipals=other_services)
    assert f"lacks {SSO}" in message
