"""An operator with exactly the enable and observe documents runs the stack, where IAM is enforced; more is denied."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pulumi_aws_identity_center import enable_document, install_document, observe_document

SSO = "sso.amazonaws.com"
ROOT = "arn:aws:iam::111122223333:root"
ROLE = "arn:aws:iam::111122223333:role/operator"
PROGRAM = """
from pulumi_aws_identity_center import OrganizationSso
OrganizationSso("all", {
    "operatorRoles": [
        {"name": "operator", "permissions": %s, "trustedPrincipals": ["arn:aws:iam::111122223333:root"]},
    ],
    "delegatedAdministratorAccountId": "333344445555",
    "accessControlAttributes": [{"key": "team", "sources": ["${path:enterprise.department}"]}],
    "sentinel": {"notify": {"emails": ["on-call@example.com"]}},
})
"""
FROM_NOTHING = """
from pulumi_aws_identity_center import Instance, TrustedAccess
Instance("sso", {"trustedAccess": TrustedAccess("sso").service_principal})
"""
POLICIES = "arn:aws:iam::111122223333:policy/identity-center-"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}],
    }
)
OPERATOR = {"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": [ROOT]}
CLOSER = {"name": "closer", "permissions": ["disable"], "trustedPrincipals": [ROOT]}
WHOLE = f"""
from pulumi_aws_identity_center import OrganizationSso
OrganizationSso("all", {{
    "operatorRoles": {[OPERATOR, CLOSER]!r},
    "delegatedAdministratorAccountId": "333344445555",
    "accessControlAttributes": [{{"key": "team", "sources": ["${{path:enterprise.department}}"]}}],
    "sentinel": {{"notify": {{"emails": ["on-call@example.com"]}}}},
}})
"""
ATTRIBUTES = """
from pulumi_aws_identity_center import OrganizationSso
OrganizationSso("all", {"accessControlAttributes": [{"key": "team", "sources": ["${path:enterprise.department}"]}]})
"""
UPDATE_ATTRIBUTES = "sso:UpdateInstanceAccessControlAttributeConfiguration"
PREFIXES = {"sso-admin": "sso"}


def _as_operator(session: Any, role: str = ROLE) -> dict[str, str]:
    credentials = session.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="operator")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def _actions(calls: list[dict[str, Any]]) -> set[str]:
    called = {f"{PREFIXES.get(call['service'], call['service'])}:{call['operation']}" for call in calls}
    return called - {"sts:GetCallerIdentity"}  # needs no permission


def test_the_operators_documents_are_enough_and_no_more(new_stack: Callable) -> None:
    stack = new_stack(PROGRAM % '["enable", "observe"]', enforce_iam=True)
    session = stack.session
    stack.up()  # an administrator's: it makes the roles
    organizations = session.aws.client("organizations")
    operator, before = _as_operator(session), len(session.calls)

    def run(*command: str, check: bool = True) -> Any:
        return session.run(*command, cwd=stack.folder, env={"PULUMI_STACK": stack.name, **operator}, check=check)

    run("pulumi", "up", "--yes", "--non-interactive")
    run("pulumi", "refresh", "--yes", "--skip-preview", "--non-interactive")
    run("identity-center", "status")

    # A stack that makes no IAM resources is theirs from the first up; and it turns on again what was turned off.
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    second_stack = new_stack(FROM_NOTHING, session=session, project="theirs")
    second_stack.pulumi("up", "--yes", "--skip-preview", env=operator)
    assert SSO in str(organizations.list_aws_service_access_for_organization())

    calls = [call for call in session.calls[before:] if "/operator" in str(call["principal"])]
    assert [call for call in calls if call["status"] >= 400] == []
    documented = [
        action
        for document in (enable_document(sentinel=True), observe_document())
        for statement in document["Statement"]
        for action in statement["Action"]
    ]
    # Where no instance is found, status asks in which Regions to look for one; here one is found.
    assert _actions(calls) == {*documented} - {"account:ListRegions"}

    # What they may not: change what they carry themselves.
    stack.write(PROGRAM % '["enable", "observe", "disable"]')
    refused = run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", check=False)
    assert refused.code != 0
    assert "is not authorized to perform: iam:" in refused.text
    attached = session.aws.client("iam").list_attached_role_policies(RoleName="operator")["AttachedPolicies"]
    assert sorted(row["PolicyName"] for row in attached) == ["identity-center-enable", "identity-center-observe"]


def _installer(session: Any, **documents: dict[str, Any]) -> str:
    """The ARN of a role with exactly these."""
    iam = session.aws.client("iam")
    arn = iam.create_role(RoleName="installer", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for name, document in documents.items():
        iam.put_role_policy(RoleName="installer", PolicyName=name, PolicyDocument=json.dumps(document))
    return str(arn)


def test_the_first_up_needs_the_install_document_too(new_stack: Callable) -> None:
    stack = new_stack(WHOLE, enforce_iam=True)
    session = stack.session
    session.aws.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    install = install_document(
        account="111122223333",
        roles=[OPERATOR, CLOSER],
        delegated_administrator="333344445555",
        access_control_attributes=True,
        sentinel=True,
    )
    installer = _as_operator(
        session, _installer(session, enable=enable_document(sentinel=True), observe=observe_document(), install=install)
    )
    before = len(session.calls)
    for _ in ("first", "second"):
        stack.pulumi("up", "--yes", "--skip-preview", env=installer)
    calls = [call for call in session.calls[before:] if "/installer" in str(call["principal"])]
    # The instance has no attributes yet, which AWS tells as an error.
    assert _actions([call for call in calls if call["status"] >= 400]) == {
        "sso:DescribeInstanceAccessControlAttributeConfiguration"
    }
    written = {action for action in _actions(calls) if not action.split(":")[1].startswith(("Get", "List", "Describe"))}
    actions = {action for statement in install["Statement"] for action in statement["Action"]}
    # Attributes that are there already: see below. Passing a role is no call of its own.
    assert written == {*actions, "organizations:EnableAWSServiceAccess"} - {UPDATE_ATTRIBUTES, "iam:PassRole"}

    # And what is there by now, whoever ran that up can't change any more.
    policy, anything = {"PolicyArn": f"{POLICIES}enable"}, {"PolicyDocument": json.dumps(install)}
    refused: list[tuple[str, str, dict[str, Any], str]] = [
        ("iam", "create_policy", {"PolicyName": "identity-center-guard-boundary", **anything}, "EntityAlreadyExists"),
        ("iam", "create_policy_version", {**policy, **anything, "SetAsDefault": True}, "AccessDenied"),
        ("iam", "delete_policy", policy, "AccessDenied"),
        ("iam", "attach_role_policy", {"RoleName": "operator", "PolicyArn": f"{POLICIES}disable"}, "AccessDenied"),
        ("iam", "detach_role_policy", {"RoleName": "operator", **policy}, "AccessDenied"),
        ("iam", "update_assume_role_policy", {"RoleName": "closer", **anything}, "AccessDenied"),
        ("iam", "delete_role_permissions_boundary", {"RoleName": "operator"}, "AccessDenied"),
        ("iam", "create_role", {"RoleName": "closer", "AssumeRolePolicyDocument": TRUST}, "EntityAlreadyExists"),
        ("organizations", "disable_aws_service_access", {"ServicePrincipal": SSO}, "AccessDeniedException"),
    ]
    for service, operation, parameters, code in refused:
        client = session.aws.client(service, role="installer")
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(**parameters)
        assert caught.value.response["Error"]["Code"] == code, operation


@pytest.mark.parametrize("sources", [["${path:userName}"], ["${path:enterprise.department}"]], ids=["others", "same"])
def test_with_the_install_document_set_attributes_are_adopted(new_stack: Callable, sources: list[str]) -> None:
    stack = new_stack(ATTRIBUTES, enforce_iam=True)
    session = stack.session
    center = session.aws.client("sso-admin")
    [instance] = center.list_instances()["Instances"]
    own = {"InstanceArn": instance["InstanceArn"]}
    center.create_instance_access_control_attribute_configuration(
        **own,
        InstanceAccessControlAttributeConfiguration={
            "AccessControlAttributes": [{"Key": "team", "Value": {"Source": sources}}]
        },
    )
    install = install_document(account="111122223333", access_control_attributes=True)
    installer = _as_operator(
        session, _installer(session, enable=enable_document(sentinel=True), observe=observe_document(), install=install)
    )
    before = len(session.calls)
    stack.pulumi("up", "--yes", env=installer)
    calls = [call for call in session.calls[before:] if "/installer" in str(call["principal"])]
    # The preview looks whether another stack has made the policies: none is there.
    refused = [call for call in calls if call["status"] >= 400]
    assert {(call["operation"], call["status"]) for call in refused} == {("GetPolicy", 404)}
    # AWS is asked to change only what differs, and never to make what is there.
    differ = sources != ["${path:enterprise.department}"]
    assert {action for action in _actions(calls) if "Attribute" in action and ":Describe" not in action} == (
        {UPDATE_ATTRIBUTES} if differ else set()
    )
    configuration = center.describe_instance_access_control_attribute_configuration(**own)
    [row] = configuration["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
    assert (row["Key"], row["Value"]["Source"]) == ("team", ["${path:enterprise.department}"])
