"""What holds of every rule, by the registry: through the pack's own server, as the engine asks it."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi_policy.policy as sdk
import pytest
from google.protobuf import json_format
from grants.operator_own import OPERATOR_PERMISSIONS
from hypothesis import given
from hypothesis import strategies as st
from pack import quick_server, tokens
from pack.adapter import _policy
from pack.rule import UNKNOWN, Declared, Stack
from pulumi_aws_identity_center.domain.resource_types import bridged
from pulumi_aws_identity_center.names import PACKAGE
from rules.registry import RULES

SSO = "sso.amazonaws.com"
POLICY = "aws:iam/policy:Policy"
GRANT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LISTED = {"awsServiceAccessPrincipals": [SSO]}
COMPONENT: tuple[str, dict[str, Any]] = (tokens.TRUSTED_ACCESS_COMPONENT, {"breakGlass": {"reason": "x"}})
# By rule: resources that are bad, each list by itself; and the configuration that it takes.
BAD: dict[str, list[list[tuple[str, dict[str, Any]]]]] = {
    "organization-keeps-sso": [
        [(tokens.ORGANIZATION, {})],
        [(tokens.ORGANIZATION, {"awsServiceAccessPrincipals": []})],
        [(tokens.ORGANIZATION, {"awsServiceAccessPrincipals": ["SSO.amazonaws.com"]})],
        [(tokens.ORGANIZATION, {"awsServiceAccessPrincipals": json.dumps([SSO])})],
        [(tokens.ORGANIZATION, {"awsServiceAccessPrincipals": UNKNOWN_TEXT})],
        [(tokens.ORGANIZATION, {"awsServiceAccessPrincipals": [UNKNOWN_TEXT]})],
    ],
    "organization-all-features": [
        [(tokens.ORGANIZATION, {**LISTED, "featureSet": "CONSOLIDATED_BILLING"})],
        [(tokens.NATIVE_ORGANIZATION, {"featureSet": "CONSOLIDATED_BILLING"})],
        [(tokens.ORGANIZATION, {**LISTED, "featureSet": UNKNOWN_TEXT})],
    ],
    "guarded-resources-protected": [
        [(tokens.ORGANIZATION, LISTED)],
        [(tokens.NATIVE_ORGANIZATION, {})],
        [(tokens.SERVICE_ACCESS, {"servicePrincipal": SSO})],
        [(tokens.SERVICE_ACCESS, {"servicePrincipal": UNKNOWN_TEXT})],
    ],
    "trusted-access-declared": [[], [(tokens.SERVICE_ACCESS, {"servicePrincipal": UNKNOWN_TEXT})]],
    "trusted-access-single-owner": [
        [(tokens.ORGANIZATION, LISTED), (tokens.SERVICE_ACCESS, {"servicePrincipal": SSO})],
        [(tokens.SERVICE_ACCESS, {"servicePrincipal": SSO}), (tokens.SERVICE_ACCESS, {"servicePrincipal": SSO})],
    ],
    "no-disable-grant": [
        [(POLICY, {"policy": json.dumps(GRANT)})],
        [("aws-native:iam:ManagedPolicy", {"policyDocument": GRANT})],
        [
            (
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            )
        ],
        [(POLICY, {"policy": "not a document"})],
    ],
    "service-linked-role-untouched": [
        [(tokens.ROLE, {"name": "AWSServiceRoleForSSO"})],
        [("aws:iam/policyAttachment:PolicyAttachment", {"roles": ["a", "AWSServiceRoleForSSO"]})],
        [("aws-native:iam:RolePolicy", {"roleName": "AWSServiceRoleForSSO"})],
    ],
    "delegated-administrator-valid": [
        [(tokens.DELEGATED_ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": "111122223333"})],
        [(tokens.DELEGATED_ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": "12"})],
        [
            (tokens.DELEGATED_ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": each})
            for each in ("222233334444", "333344445555")
        ],
    ],
    "break-glass-current": [[COMPONENT], [(tokens.TRUSTED_ACCESS_COMPONENT, {"breakGlass": UNKNOWN_TEXT})]],
}
CONFIG = {
    "trusted-access-declared": {"ownerStacks": ["p/*"]},
    "delegated-administrator-valid": {"managementAccountId": "111122223333"},
}
CASES = [(rule.id, resources) for rule in RULES for resources in BAD[rule.id]]


def _server(rules, level=sdk.EnforcementLevel.MANDATORY, config=None):
    server = quick_server.server(sdk._PolicyAnalyzerServicer, RULES)(
        "pack", "1", [_policy(rule) for rule in rules], level
    )
    request = sdk.proto.ConfigureAnalyzerRequest()
    for name, properties in (config or {}).items():
        json_format.ParseDict(properties, request.policyConfig[name].properties)
        request.policyConfig[name].enforcementLevel = server._map_enforcement_level(level)
    server.Configure(request, None)
    return server


def _fill(message, number: int, type_: str, props) -> None:
    message.type, message.name = type_, f"it{number}"
    message.urn = f"urn:pulumi:dev::p::{type_}::it{number}"
    json_format.ParseDict(props, message.properties)


def _ask(rule_id: str, resources, level=sdk.EnforcementLevel.MANDATORY):
    """The diagnostics of one rule, asked by both calls, as the engine does."""
    (rule,) = (rule for rule in RULES if rule.id == rule_id)
    server = _server([rule], level, {rule_id: CONFIG.get(rule_id, {})})
    found = []
    stack = sdk.proto.AnalyzeStackRequest()
    for number, (type_, props) in enumerate(resources):
        request = sdk.proto.AnalyzeRequest()
        _fill(request, number, type_, props)
        _fill(stack.resources.add(), number, type_, props)
        found += server.Analyze(request, None).diagnostics
    return [*found, *server.AnalyzeStack(stack, None).diagnostics]


@pytest.fixture(autouse=True)
def _of_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_PROJECT", "p")
    monkeypatch.setenv("PULUMI_STACK", "dev")
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)


@pytest.mark.parametrize(("rule", "resources"), CASES)
def test_each_finding_has_urn_reason_and_the_fix_in_python_and_in_yaml(rule: str, resources) -> None:
    found = _ask(rule, resources)
    assert found
    for diagnostic in found:
        assert diagnostic.policyName == rule
        assert re.search(r"\n  urn:pulumi:dev::p::\S+$", diagnostic.message), diagnostic.message
        assert "In Python: " in diagnostic.message
        assert "In YAML: " in diagnostic.message
        assert diagnostic.enforcementLevel == sdk.proto.MANDATORY


ATTACHED = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": UNKNOWN_TEXT})
LATER = {
    "no-disable-grant": [(POLICY, {"policy": UNKNOWN_TEXT}), ATTACHED],
    "delegated-administrator-valid": [
        (tokens.DELEGATED_ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": UNKNOWN_TEXT})
    ],
    "service-linked-role-untouched": [(tokens.ROLE, {"name": UNKNOWN_TEXT})],
}


@pytest.mark.parametrize(("rule", "resource"), [(rule, resource) for rule in LATER for resource in LATER[rule]])
def test_what_the_update_judges_is_shown_in_the_words_by_which_the_gate_knows_it(rule: str, resource) -> None:
    (found,) = _ask(rule, [resource])
    assert found.enforcementLevel == sdk.proto.ADVISORY
    assert re.search(r"\n  urn:pulumi:dev::p::\S+\n  \(a value that can't be known during preview\)$", found.message)
    assert "In Python: " in found.message
    assert "In YAML: " in found.message
    assert _ask(rule, [resource], sdk.EnforcementLevel.DISABLED) == []


@pytest.mark.parametrize(("rule", "resources"), CASES)
def test_a_terraform_provider_bridged_by_hand_is_seen_through(rule: str, resources) -> None:
    own = [diagnostic.message for diagnostic in _ask(rule, resources)]
    other = [diagnostic.message for diagnostic in _ask(rule, [(bridged(type_), props) for type_, props in resources])]
    strip = re.compile(r"\n  urn:\S+$")
    assert [strip.sub("", message) for message in own] == [strip.sub("", message) for message in other]


@pytest.mark.parametrize("rule", BAD)
def test_its_level_is_what_the_configuration_says(rule: str) -> None:
    resources = BAD[rule][-1]
    advisory = _ask(rule, resources, sdk.EnforcementLevel.ADVISORY)
    assert {diagnostic.enforcementLevel for diagnostic in advisory} == {sdk.proto.ADVISORY}
    assert _ask(rule, resources, sdk.EnforcementLevel.DISABLED) == []


def test_every_rule_tells_the_engine_its_description_and_what_configuration_it_takes() -> None:
    infos = {info.name: info for info in _server(RULES).GetAnalyzerInfo(None, None).policies}
    assert list(infos) == [rule.id for rule in RULES]
    for rule in RULES:
        assert infos[rule.id].description == rule.description
        assert infos[rule.id].enforcementLevel == sdk.proto.MANDATORY
        assert set(infos[rule.id].configSchema.properties) == set(rule.config)


FIXED: dict[str, tuple[str, dict[str, Any]]] = {
    "organization-keeps-sso": (tokens.ORGANIZATION, {"awsServiceAccessPrincipals": ["x"]}),
    "organization-all-features": (tokens.ORGANIZATION, {"featureSet": "CONSOLIDATED_BILLING"}),
}


def test_remediation_is_off_unless_asked_for_and_then_mends_what_can_be_mended() -> None:
    assert {rule.id for rule in RULES if rule.fix is not None} == set(FIXED)
    for rule in RULES:
        type_, props = FIXED.get(rule.id, (BAD[rule.id][0] or [COMPONENT])[0])
        request = sdk.proto.AnalyzeRequest()
        _fill(request, 0, type_, props)
        for level in (sdk.EnforcementLevel.MANDATORY, sdk.EnforcementLevel.ADVISORY):
            assert not _server([rule], level, {rule.id: {}}).Remediate(request, None).remediations
        asked = _server([rule], sdk.EnforcementLevel.REMEDIATE, {rule.id: {}}).Remediate(request, None).remediations
        assert [each.policyName for each in asked] == ([rule.id] if rule.id in FIXED else [])
        for each in asked:
            mended = json_format.MessageToDict(each.properties)
            assert _ask(rule.id, [(type_, mended)]) == []


_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


@pytest.mark.parametrize("whole", [False, True])
def test_what_remediation_adds_takes_no_secret_s_mark_away(whole: bool) -> None:
    secret = {**_SECRET, "value": ["g.amazonaws.com"] if whole else "g.amazonaws.com"}
    request = sdk.proto.AnalyzeRequest()
    _fill(request, 0, tokens.ORGANIZATION, {"awsServiceAccessPrincipals": secret if whole else [secret, "x"]})
    (rule,) = (rule for rule in RULES if rule.id == "organization-keeps-sso")
    server = _server([rule], sdk.EnforcementLevel.REMEDIATE, {rule.id: {}})
    (mended,) = server.Remediate(request, None).remediations
    found = json_format.MessageToDict(mended.properties)["awsServiceAccessPrincipals"]
    assert found == ({**_SECRET, "value": ["g.amazonaws.com", SSO]} if whole else [secret, "x", SSO])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"no-disable-grants": {}}, "'no-disable-grants', which is no rule"),
        ({"trusted-access-declared": {"owenrStacks": []}}, "'owenrStacks', which it does not have"),
        ({"all": {"bogus": 1}}, "gives all 'bogus', which it does not have. It takes: enforcementLevel."),
    ],
)
def test_a_misspelt_rule_or_key_is_refused_and_not_ignored(given, says: str) -> None:
    assert says in " ".join(quick_server.misspelt({name: list(keys) for name, keys in given.items()}, RULES))
    assert quick_server.misspelt({"all": [], **{rule.id: list(rule.config) for rule in RULES}}, RULES) == []


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(UNKNOWN) | st.just(SSO),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_ANY = [{"pattern": "x*", "reason": "any"}]
_KEYS = [
    *("awsServiceAccessPrincipals", "featureSet", "servicePrincipal", "accountId", "masterAccountId", "breakGlass"),
    *("policy", "policyDocument", "inlinePolicies", "policies", "managedPolicyArns", "policyArn", "policyArns", "name"),
    *("path", "role", "roles", "awsServiceName", "roleName", "customerManagedPolicyReference", "inlinePolicy", "user"),
    *("templateBody", "desiredState", "typeName", "capabilities"),
]


@given(st.data())
def test_no_rule_breaks_on_whatever_a_program_may_write(data) -> None:
    rule = data.draw(st.sampled_from(RULES))
    type_ = data.draw(st.sampled_from(sorted(rule.types)))
    props = data.draw(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4))
    parent = data.draw(st.sampled_from(["", f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::o", "odd"]))
    resource = Declared(type_, "it", f"urn:pulumi:dev::p::{type_}::it", props, parent=parent)
    if rule.fix is not None:
        rule.fix(resource, {})
    if rule.in_stack is not None:
        for config in ({}, {"allowed": _ANY}):
            said = rule.in_stack(Stack("p", "dev", [resource, resource]), config)
            assert all(isinstance(message, str) for message, _ in said)
    if rule.check is not None:
        assert all(isinstance(message, str) for message in rule.check(resource, {"allowed": _ANY}))
        return
    stack = Stack("p", "dev", [resource, resource], {f"{PACKAGE}:breakGlass": data.draw(st.text(max_size=5))})
    assert rule.check_stack is not None
    assert all(isinstance(message, str) for message, _ in rule.check_stack(stack, CONFIG.get(rule.id, {})))
