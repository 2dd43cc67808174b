"""What holds for every rule of the registry, through the pack's own server, as the engine calls it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from pack.server import PackServer, misspelt
from pulumi.runtime.proto import analyzer_pb2
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, Stack
from pulumi_aws_identity_center.domain.grants.operator_own import OPERATOR_PERMISSIONS
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION, ROLE, bridged
from pulumi_aws_identity_center.domain.violation import Violation
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    ORGANIZATION_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)
from rules.registry import RULES

from tests.walk import walk

SSO = "sso.amazonaws.com"
ASSIGNMENT = "aws:ssoadmin/accountAssignment:AccountAssignment"
POLICY = "aws:iam/policy:Policy"
GRANT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LISTED = {"awsServiceAccessPrincipals": [SSO]}
COMPONENT: tuple[str, dict[str, Any]] = (TRUSTED_ACCESS_TYPE, {"breakGlass": {"reason": "x"}})
# By rule: resources that are bad, each list by itself; and the configuration that it takes.
BAD: dict[str, list[list[tuple[str, dict[str, Any]]]]] = {
    "organization-keeps-sso": [
        [(ORGANIZATION_TYPE, {})],
        [(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": []})],
        [(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": ["SSO.amazonaws.com"]})],
        [(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": json.dumps([SSO])})],
        [(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": UNKNOWN_TEXT})],
        [(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": [UNKNOWN_TEXT]})],
    ],
    "organization-all-features": [
        [(ORGANIZATION_TYPE, {**LISTED, "featureSet": "CONSOLIDATED_BILLING"})],
        [(NATIVE_ORGANIZATION, {"featureSet": "CONSOLIDATED_BILLING"})],
        [(ORGANIZATION_TYPE, {**LISTED, "featureSet": UNKNOWN_TEXT})],
    ],
    "guarded-resources-protected": [
        [(ORGANIZATION_TYPE, LISTED)],
        [(NATIVE_ORGANIZATION, {})],
        [(SERVICE_ACCESS_TYPE, {"servicePrincipal": SSO})],
        [(SERVICE_ACCESS_TYPE, {"servicePrincipal": UNKNOWN_TEXT})],
    ],
    "trusted-access-declared": [[], [(SERVICE_ACCESS_TYPE, {"servicePrincipal": UNKNOWN_TEXT})]],
    "trusted-access-single-owner": [
        [(ORGANIZATION_TYPE, LISTED), (SERVICE_ACCESS_TYPE, {"servicePrincipal": SSO})],
        [(SERVICE_ACCESS_TYPE, {"servicePrincipal": SSO}), (SERVICE_ACCESS_TYPE, {"servicePrincipal": SSO})],
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
        [(ROLE, {"name": "AWSServiceRoleForSSO"})],
        [("aws:iam/policyAttachment:PolicyAttachment", {"roles": ["a", "AWSServiceRoleForSSO"]})],
        [("aws-native:iam:RolePolicy", {"roleName": "AWSServiceRoleForSSO"})],
        [("aws:iam/samlProvider:SamlProvider", {"name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"})],
    ],
    "delegated-administrator-valid": [
        [(DELEGATED_ADMINISTRATOR_TYPE, {"servicePrincipal": SSO, "accountId": "111122223333"})],
        [(DELEGATED_ADMINISTRATOR_TYPE, {"servicePrincipal": SSO, "accountId": "12"})],
        [
            (DELEGATED_ADMINISTRATOR_TYPE, {"servicePrincipal": SSO, "accountId": account})
            for account in ("222233334444", "333344445555")
        ],
    ],
    "break-glass-current": [[COMPONENT], [(TRUSTED_ACCESS_TYPE, {"breakGlass": UNKNOWN_TEXT})]],
}
BAD["last-administrator-kept"] = [
    [],
    [(ASSIGNMENT, {"permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "targetId": "444455556666"})],
]
CONFIG: dict[str, dict[str, Any]] = {
    "trusted-access-declared": {"ownerStacks": ["p/*"]},
    "no-disable-grant": {"ownerStacks": ["p/*"]},
    "delegated-administrator-valid": {"managementAccountId": "111122223333"},
    "last-administrator-kept": {"ownerStacks": ["p/*"], "managementAccountId": "111122223333"},
}
CASES = [(rule.id, resources) for rule in RULES for resources in BAD[rule.id]]
MANDATORY, ADVISORY, DISABLED = analyzer_pb2.MANDATORY, analyzer_pb2.ADVISORY, analyzer_pb2.DISABLED
LANGUAGES = ("", "python", "nodejs", "yaml", "hcl", "go")


def _server(rules, level=MANDATORY, config=None, language: str = "") -> PackServer:
    server = PackServer("pack", rules)
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, properties in (config or {}).items():
        json_format.ParseDict(properties, request.policyConfig[name].properties)
        request.policyConfig[name].enforcementLevel = level
    server.Configure(request, None)
    tags = {"pulumi:runtime": language}
    server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(project="p", stack="dev", tags=tags), None)
    return server


def _fill(message, number: int, type_: str, props) -> None:
    message.type, message.name = type_, f"it{number}"
    message.urn = f"urn:pulumi:dev::p::{type_}::it{number}"
    json_format.ParseDict(props, message.properties)


def _ask(rule_id: str, resources, level=MANDATORY, language: str = ""):
    """The diagnostics of one rule, from both calls that the engine makes."""
    (rule,) = (rule for rule in RULES if rule.id == rule_id)
    server = _server([rule], level, {rule_id: CONFIG.get(rule_id, {})}, language)
    diagnostics = []
    stack = analyzer_pb2.AnalyzeStackRequest()
    for number, (type_, props) in enumerate(resources):
        request = analyzer_pb2.AnalyzeRequest()
        _fill(request, number, type_, props)
        _fill(stack.resources.add(), number, type_, props)
        diagnostics += server.Analyze(request, None).diagnostics
    return [*diagnostics, *server.AnalyzeStack(stack, None).diagnostics]


@walk("language", LANGUAGES)
@walk(("rule", "resources"), CASES)
def test_a_violation_has_three_lines_of_100_columns(rule: str, resources, language: str) -> None:
    diagnostics = _ask(rule, resources, language=language)
    assert diagnostics
    for diagnostic in diagnostics:
        problem, effect, fix = diagnostic.message.split("\n")
        assert (diagnostic.policyName, diagnostic.enforcementLevel) == (rule, MANDATORY)
        assert effect.endswith(f" docs/policies.md#{rule}")
        assert all(0 < len(line) <= 90 and "…" not in line for line in (problem, effect, fix)), diagnostic.message
        assert fix.startswith("Fix: " if language in ("python", "nodejs", "yaml", "hcl") else "Fix")


def test_a_resource_s_violation_has_its_urn() -> None:
    (diagnostic,) = _ask("guarded-resources-protected", [(ORGANIZATION_TYPE, LISTED)])
    assert diagnostic.urn == f"urn:pulumi:dev::p::{ORGANIZATION_TYPE}::it0"


def test_a_description_is_one_sentence_of_160_characters() -> None:
    for rule in RULES:
        assert len(rule.description) <= 160
        assert rule.description.endswith(f" (docs/policies.md#{rule.id}).")
        assert ". " not in rule.description


@walk("name", ["x" * 300, "two\nlines", "\x1b[31mred", "\u202egnitirw"])
def test_no_name_breaks_a_line(name: str) -> None:
    for rule in RULES:
        for resources in BAD[rule.id]:
            declared = [Declared(type_, name, f"urn:{n}", props) for n, (type_, props) in enumerate(resources)]
            stack = Stack("p", "dev", declared)
            config = CONFIG.get(rule.id, {})
            violations = [*rule.check_stack(stack, config)] if rule.check_stack else []
            if rule.check is not None:
                for resource in declared:
                    violations += rule.check(resource, config, stack)
            for violation in violations:
                lines = violation.text().split("\n")
                assert len(lines) <= 3
                assert all(len(line) <= 100 and line.isprintable() for line in lines)


ATTACHED = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": UNKNOWN_TEXT})
LATER = {
    "no-disable-grant": [(POLICY, {"policy": UNKNOWN_TEXT}), ATTACHED],
    "delegated-administrator-valid": [
        (DELEGATED_ADMINISTRATOR_TYPE, {"servicePrincipal": SSO, "accountId": UNKNOWN_TEXT})
    ],
    "service-linked-role-untouched": [
        (ROLE, {"name": UNKNOWN_TEXT}),
        ("aws:iam/samlProvider:SamlProvider", {"name": UNKNOWN_TEXT}),
    ],
}


@walk(("rule", "resource"), [(rule, resource) for rule in LATER for resource in LATER[rule]])
def test_what_the_update_judges_is_advisory_in_the_gates_words(rule: str, resource) -> None:
    (diagnostic,) = _ask(rule, [resource])
    assert diagnostic.enforcementLevel == ADVISORY
    assert "can't be known during preview" in diagnostic.message
    assert "Fix" in diagnostic.message
    assert _ask(rule, [resource], DISABLED) == []


@walk(("rule", "resources"), CASES)
def test_a_terraform_provider_bridged_by_hand_is_seen_through(rule: str, resources) -> None:
    own = [diagnostic.message for diagnostic in _ask(rule, resources)]
    bridged_messages = [
        diagnostic.message for diagnostic in _ask(rule, [(bridged(type_), props) for type_, props in resources])
    ]
    assert own == bridged_messages


@walk("rule", BAD)
def test_its_level_is_what_the_configuration_says(rule: str) -> None:
    resources = BAD[rule][-1]
    advisory = _ask(rule, resources, ADVISORY)
    assert {diagnostic.enforcementLevel for diagnostic in advisory} == {ADVISORY}
    assert _ask(rule, resources, DISABLED) == []


def test_every_rule_tells_the_engine_its_description_and_configuration() -> None:
    infos = {info.name: info for info in _server(RULES).GetAnalyzerInfo(None, None).policies}
    assert list(infos) == [rule.id for rule in RULES]
    for rule in RULES:
        assert infos[rule.id].description == rule.description
        assert infos[rule.id].enforcementLevel == MANDATORY
        assert set(infos[rule.id].configSchema.properties) == set(rule.config)


FIXED: dict[str, tuple[str, dict[str, Any]]] = {
    "organization-keeps-sso": (ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": ["x"]}),
    "organization-all-features": (ORGANIZATION_TYPE, {"featureSet": "CONSOLIDATED_BILLING"}),
}


def test_remediation_is_off_by_default() -> None:
    assert {rule.id for rule in RULES if rule.fix is not None} == set(FIXED)
    for rule in RULES:
        type_, props = FIXED.get(rule.id, (BAD[rule.id][0] or [COMPONENT])[0])
        request = analyzer_pb2.AnalyzeRequest()
        _fill(request, 0, type_, props)
        for level in (MANDATORY, ADVISORY):
            assert not _server([rule], level, {rule.id: {}}).Remediate(request, None).remediations
        remediations = _server([rule], analyzer_pb2.REMEDIATE, {rule.id: {}}).Remediate(request, None).remediations
        assert [remediation.policyName for remediation in remediations] == ([rule.id] if rule.id in FIXED else [])
        for remediation in remediations:
            mended = json_format.MessageToDict(remediation.properties)
            assert _ask(rule.id, [(type_, mended)]) == []


_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


@pytest.mark.parametrize("whole", [False, True])
def test_a_list_with_a_secret_is_refused_and_not_remediated(whole: bool) -> None:
    secret = {**_SECRET, "value": ["g.amazonaws.com"] if whole else "g.amazonaws.com"}
    request = analyzer_pb2.AnalyzeRequest()
    _fill(request, 0, ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": secret if whole else [secret, "x"]})
    (rule,) = (rule for rule in RULES if rule.id == "organization-keeps-sso")
    server = _server([rule], analyzer_pb2.REMEDIATE, {rule.id: {}})
    assert not server.Remediate(request, None).remediations
    (diagnostic,) = server.Analyze(request, None).diagnostics
    assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY


@walk(
    ("given", "says"),
    [
        ({"no-disable-grants": {}}, "'no-disable-grants', which is no rule"),
        ({"trusted-access-declared": {"owenrStacks": []}}, "'owenrStacks', which it does not have"),
        ({"all": {"bogus": 1}}, "gives all 'bogus', which it does not have. It takes: enforcementLevel."),
    ],
)
def test_a_misspelt_rule_or_key_is_refused_and_not_ignored(given, says: str) -> None:
    assert says in " ".join(misspelt({name: list(keys) for name, keys in given.items()}, RULES))
    assert misspelt({"all": [], **{rule.id: list(rule.config) for rule in RULES}}, RULES) == []


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
        rule.fix(resource, {}, Stack("p", "dev", []))
    stack = Stack("p", "dev", [resource, resource], {f"{PACKAGE}:breakGlass": data.draw(st.text(max_size=5))})
    for config in (CONFIG.get(rule.id, {}), {"allowed": _ANY}):
        violations = [*rule.check_stack(stack, config)] if rule.check_stack is not None else []
        violations += [*rule.check(resource, config, stack)] if rule.check is not None else []
        assert all(isinstance(violation, Violation) and violation.text() for violation in violations)
