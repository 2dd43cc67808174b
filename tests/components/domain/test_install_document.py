"""The document for the first up, proved by evaluation: it allows to create what the stack declares, and nothing
else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center import install_document
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.iam import Request, Verdict, evaluate, parse_document

from tests.walk import walk

IAM = "arn:aws:iam::111122223333"
ROOT = f"{IAM}:root"
OPERATOR = {"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": [ROOT]}
CLOSER = {"name": "closer", "permissions": ["disable"], "trustedPrincipals": [ROOT]}
WHOLE: dict[str, Any] = {
    "roles": [OPERATOR, CLOSER],
    "delegated_administrator": "333344445555",
    "access_control_attributes": True,
    "sentinel": True,
}
ADMINISTRATOR = "arn:aws:organizations::111122223333:account/o-abcdefghij/333344445555"
SSO = {"organizations:ServicePrincipal": "sso.amazonaws.com"}
BOUND = {"iam:PermissionsBoundary": f"{IAM}:policy/identity-center-guard-boundary"}


def _attached(kind: str) -> dict[str, str]:
    return {"iam:PolicyARN": f"{IAM}:policy/identity-center-{kind}"}


Asked = tuple[str, str, dict[str, str]]
PURPOSE: list[Asked] = [
    *(
        ("iam:CreatePolicy", f"{IAM}:policy/identity-center-{kind}", {})
        for kind in ("enable", "disable", "observe", "guard", "guard-boundary")
    ),
    ("iam:CreateRole", f"{IAM}:role/operator", BOUND),
    ("iam:CreateRole", f"{IAM}:role/closer", {}),
    ("iam:AttachRolePolicy", f"{IAM}:role/operator", _attached("enable")),
    ("iam:AttachRolePolicy", f"{IAM}:role/operator", _attached("observe")),
    ("iam:AttachRolePolicy", f"{IAM}:role/closer", _attached("disable")),
    ("organizations:RegisterDelegatedAdministrator", ADMINISTRATOR, SSO),
    ("sso:CreateInstanceAccessControlAttributeConfiguration", "arn:aws:sso:::instance/ssoins-1", {}),
    # Where there are some already: tests/engine/test_components_operator.py has both cases.
    ("sso:UpdateInstanceAccessControlAttributeConfiguration", "arn:aws:sso:::instance/ssoins-1", {}),
]
SENTINEL = "identity-center-sentinel"
HOME = "arn:aws:{}:us-east-1:111122223333:{}"
TO_LAMBDA = {"iam:PassedToService": "lambda.amazonaws.com"}
PURPOSE += [
    ("cloudwatch:PutMetricAlarm", HOME.format("cloudwatch", f"alarm:{SENTINEL}-errors"), {}),
    ("events:PutRule", HOME.format("events", f"rule/{SENTINEL}-schedule"), {}),
    ("events:PutTargets", HOME.format("events", f"rule/{SENTINEL}-events"), {}),
    ("iam:CreateRole", f"{IAM}:role/{SENTINEL}", {}),
    ("iam:PutRolePolicy", f"{IAM}:role/{SENTINEL}", {}),
    ("iam:PassRole", f"{IAM}:role/{SENTINEL}", TO_LAMBDA),
    ("lambda:CreateFunction", HOME.format("lambda", f"function:{SENTINEL}"), {}),
    ("lambda:PutFunctionConcurrency", HOME.format("lambda", f"function:{SENTINEL}"), {}),
    ("lambda:AddPermission", HOME.format("lambda", f"function:{SENTINEL}"), {}),
    ("lambda:PutFunctionEventInvokeConfig", HOME.format("lambda", f"function:{SENTINEL}"), {}),
    ("logs:CreateLogGroup", HOME.format("logs", f"log-group:/aws/lambda/{SENTINEL}"), {}),
    ("logs:PutRetentionPolicy", HOME.format("logs", f"log-group:/aws/lambda/{SENTINEL}"), {}),
    ("sns:CreateTopic", HOME.format("sns", SENTINEL), {}),
    ("sns:Subscribe", HOME.format("sns", SENTINEL), {}),
    ("sqs:CreateQueue", HOME.format("sqs", f"{SENTINEL}-dead-letters"), {}),
    ("sqs:SetQueueAttributes", HOME.format("sqs", f"{SENTINEL}-dead-letters"), {}),
    ("ssm:PutParameter", HOME.format("ssm", f"parameter/{SENTINEL}/ledger"), {}),
]
NOT_FOR_IT: list[Asked] = [
    ("iam:PassRole", f"{IAM}:role/{SENTINEL}", {"iam:PassedToService": "ec2.amazonaws.com"}),
    ("iam:PassRole", f"{IAM}:role/operator", TO_LAMBDA),
    ("iam:PutRolePolicy", f"{IAM}:role/operator", {}),
    ("lambda:UpdateFunctionCode", HOME.format("lambda", f"function:{SENTINEL}"), {}),
    ("lambda:CreateFunction", HOME.format("lambda", "function:another"), {}),
    ("sns:Subscribe", HOME.format("sns", "another"), {}),
    ("iam:CreatePolicy", f"{IAM}:policy/identity-center-other", {}),
    ("iam:CreatePolicy", f"{IAM}:policy/path/identity-center-enable", {}),
    ("iam:CreateRole", f"{IAM}:role/operator", {}),
    ("iam:CreateRole", f"{IAM}:role/operator", {"iam:PermissionsBoundary": f"{IAM}:policy/identity-center-enable"}),
    ("iam:CreateRole", f"{IAM}:role/other", BOUND),
    ("iam:AttachRolePolicy", f"{IAM}:role/operator", _attached("disable")),
    ("iam:AttachRolePolicy", f"{IAM}:role/operator", {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam:AttachRolePolicy", f"{IAM}:role/operator", {}),
    ("iam:AttachRolePolicy", f"{IAM}:role/closer", _attached("enable")),
    ("iam:AttachRolePolicy", f"{IAM}:role/admin", _attached("enable")),
    ("organizations:RegisterDelegatedAdministrator", ADMINISTRATOR.replace("3333", "9999"), SSO),
    ("organizations:RegisterDelegatedAdministrator", ADMINISTRATOR, {}),
    (
        "organizations:RegisterDelegatedAdministrator",
        ADMINISTRATOR,
        {"organizations:ServicePrincipal": "ram.amazonaws.com"},
    ),
    ("organizations:DeregisterDelegatedAdministrator", ADMINISTRATOR, SSO),
    ("sso:DeleteInstanceAccessControlAttributeConfiguration", "arn:aws:sso:::instance/ssoins-1", {}),
]


def _allowed(document: dict[str, Any], asked: Asked) -> bool:
    action, resource, keys = asked
    verdict = evaluate(Request(action, resource, keys), identity=[parse_document(document)]).verdict
    assert verdict is not Verdict.UNDETERMINED
    return verdict is Verdict.ALLOWED


@pytest.mark.parametrize("account", ["*", "111122223333"])
def test_only_what_the_stack_declares_can_be_made(account: str) -> None:
    document = install_document(account=account, **WHOLE)
    assert [request for request in PURPOSE if not _allowed(document, request)] == []
    assert [request for request in NOT_FOR_IT if _allowed(document, request)] == []


def test_no_other_action_is_allowed_on_the_stacks_resources() -> None:
    document, wanted = install_document(**WHOLE), {action for action, _, _ in PURPOSE}
    loader, services = Loader(), (("organizations", "organizations"), ("sso-admin", "sso"), ("iam", "iam"))
    every = [
        f"{prefix}:{operation}"
        for service, prefix in services
        for operation in loader.load_service_model(service, "service-2")["operations"]
    ]
    assert len(every) > 300
    resources = {"*", f"{IAM}:user/ann", *(resource for _, resource, _ in PURPOSE)}
    keys = {**SSO, **BOUND, **_attached("enable")}
    refused_requests = [(action, resource, keys) for action in every if action not in wanted for resource in resources]
    assert [request for request in refused_requests if _allowed(document, request)] == []


def _poorer(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Without a statement; without one of its resources."""
    for number, statement in enumerate(document["Statement"]):
        fewer = copy.deepcopy(document)
        del fewer["Statement"][number]
        yield fewer
        if isinstance(statement["Resource"], list) and len(statement["Resource"]) > 1:
            for resource in statement["Resource"]:
                fewer = copy.deepcopy(document)
                fewer["Statement"][number]["Resource"].remove(resource)
                yield fewer


def test_the_first_up_needs_every_statement_and_resource() -> None:
    poorer = list(_poorer(install_document(**WHOLE)))
    assert len(poorer) > 10
    for document in poorer:
        assert [request for request in PURPOSE if not _allowed(document, request)]


def test_a_stack_that_declares_nothing_more_makes_its_policies_only() -> None:
    [only] = install_document()["Statement"]
    assert only["Action"] == ["iam:CreatePolicy"]


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,8}", fullmatch=True),
            st.lists(st.sampled_from(["enable", "disable", "observe"]), min_size=1, unique=True),
        ),
        max_size=4,
        unique_by=lambda row: row[0],
    )
)
def test_only_a_disabling_role_is_made_without_a_boundary(
    rows: list[tuple[str, list[str]]],
) -> None:
    roles = [{"name": name, "permissions": arguments, "trustedPrincipals": [ROOT]} for name, arguments in rows]
    document = install_document(roles=roles)
    for name, permissions in rows:
        role = f"{IAM}:role/{name}"
        assert _allowed(document, ("iam:CreateRole", role, BOUND))
        assert _allowed(document, ("iam:CreateRole", role, {})) == ("disable" in permissions)
        for kind in ("enable", "disable", "observe", "guard", "guard-boundary"):
            assert _allowed(document, ("iam:AttachRolePolicy", role, _attached(kind))) == (kind in permissions)


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_is_of_its_partition(partition: str) -> None:
    document = install_document(partition=partition, **WHOLE)
    assert json.loads(json.dumps(document)) == document
    assert json.dumps(document).count("arn:") == json.dumps(document).count(f"arn:{partition}:")


def test_every_problem_is_told_at_once_by_its_key() -> None:
    with pytest.raises(InvalidInput) as caught:
        install_document(
            partition="aws-mars",
            account="12",
            roles=[{"name": "a b", "permissions": ["enable"], "trustedPrincipals": [ROOT]}],
            policy_prefix="a b",
            delegated_administrator="none",
        )
    keys = [problem.split(" is ")[0] for problem in caught.value.problems]
    assert keys == ["account", "delegated_administrator", "partition", "roles[0].name", "policy_prefix"]
