"""An operator with exactly the enable and observe documents runs the stack, where IAM is enforced; more is denied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_aws_identity_center import enable_document, observe_document

SSO = "sso.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role/operator"
PROGRAM = """
from pulumi_aws_identity_center import OrganizationSso
OrganizationSso("all", {
    "operatorRoles": [
        {"name": "operator", "permissions": %s, "trustedPrincipals": ["arn:aws:iam::111122223333:root"]},
    ],
    "delegatedAdministratorAccountId": "333344445555",
    "accessControlAttributes": [{"key": "team", "sources": ["${path:enterprise.department}"]}],
})
"""
FROM_NOTHING = """
from pulumi_aws_identity_center import Instance, TrustedAccess
Instance("sso", {"trustedAccess": TrustedAccess("sso").service_principal})
"""
PREFIXES = {"sso-admin": "sso"}


def _as_operator(session: Any) -> dict[str, str]:
    made = session.aws.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="operator")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }


def _actions(calls: list[dict[str, Any]]) -> set[str]:
    called = {f"{PREFIXES.get(call['service'], call['service'])}:{call['operation']}" for call in calls}
    return called - {"sts:GetCallerIdentity"}  # needs no permission


def test_an_operator_repairs_refreshes_and_looks_with_these_documents_and_nothing_more(new_stack: Callable) -> None:
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
    other = new_stack(FROM_NOTHING, session=session, project="theirs")
    other.pulumi("up", "--yes", "--skip-preview", env=operator)
    assert SSO in str(organizations.list_aws_service_access_for_organization())

    calls = [call for call in session.calls[before:] if "/operator" in str(call["principal"])]
    assert [call for call in calls if call["status"] >= 400] == []
    documented = [
        action
        for document in (enable_document(), observe_document())
        for statement in document["Statement"]
        for action in statement["Action"]
    ]
    # Where no instance is found, status asks in which Regions to look for one; here one is found. And there is no
    # sentinel here about which there would be more to ask.
    unasked = {"account:ListRegions", "events:ListTargetsByRule", "cloudwatch:GetMetricData"}
    assert _actions(calls) == {*documented} - unasked

    # What they may not: change what they carry themselves.
    stack.write(PROGRAM % '["enable", "observe", "disable"]')
    refused = run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", check=False)
    assert refused.code != 0
    assert "is not authorized to perform: iam:" in refused.text
    attached = session.aws.client("iam").list_attached_role_policies(RoleName="operator")["AttachedPolicies"]
    assert sorted(row["PolicyName"] for row in attached) == ["identity-center-enable", "identity-center-observe"]
