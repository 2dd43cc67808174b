"""`identity-center document preview` is what every preview of ours takes, where IAM is enforced, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pulumi_aws_identity_center import preview_document

from sandbox.session import ROOT
from tests.conftest import Stack

PREVIEWER = "arn:aws:iam::111122223333:role/previewer"
PROGRAM = f"""
import pulumi, pulumi_aws as aws, yaml
from pulumi_aws_identity_center import OrganizationSso

trust = ["arn:aws:iam::111122223333:root"]
matrix = yaml.safe_load(open({str(ROOT / "sandbox/access.yaml")!r}))
#matrix["assignments"].pop(0)
OrganizationSso("all", {{
    "operatorRoles": [{{"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": trust}}],
    "delegatedAdministratorAccountId": "333344445555",
    "accessControlAttributes": [{{"key": "team", "sources": ["${{path:enterprise.department}}"]}}],
    "sentinel": {{"notify": {{"emails": ["on-call@example.com"]}}}},
    "accessMatrix": matrix,
}})
aws.organizations.Organization("organization", feature_set="ALL", opts=pulumi.ResourceOptions(
    import_=aws.organizations.get_organization().id, protect=True, ignore_changes=["awsServiceAccessPrincipals"]))
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
    ],
}
# What these don't call: this matrix selects by no tags, the directory is small, and no user has a grant in the accounts
# where administrators are looked for.
UNCALLED = {
    "organizations:ListTagsForResource",
    "identitystore:DescribeUser",
    "identitystore:GetGroupId",
    "identitystore:GetUserId",
}


def _sign_in(session: Any) -> dict[str, str]:
    iam = session.aws.client("iam")
    iam.create_role(RoleName="previewer", AssumeRolePolicyDocument=json.dumps(TRUST))
    document = json.dumps(preview_document())
    iam.put_role_policy(RoleName="previewer", PolicyName="preview", PolicyDocument=document)
    credentials = session.aws.client("sts").assume_role(RoleArn=PREVIEWER, RoleSessionName="previewer")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def test_every_preview_and_its_diff_succeed_with_exactly_this_document(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(PROGRAM, enforce_iam=True)
    session = stack.session
    previewer = _sign_in(session)
    stack.pulumi("preview", env=previewer)  # nothing is there yet, and an organization is imported
    stack.up()  # an administrator's
    stack.pulumi("preview", "--refresh", env=previewer)
    stack.write(PROGRAM.replace("#", ""))
    (stack.folder / "preview.json").write_text(stack.pulumi("preview", "--json", env=previewer).out)
    session.run("identity-center", "matrix", "--diff", "preview.json", cwd=stack.folder, env=previewer)
    calls = [call for call in session.calls if "/previewer" in str(call["principal"])]
    refused = [record for record in session.aws.trail if "AccessDenied" in str(record.get("errorCode"))]
    assert [record["eventName"] for record in refused] == []
    services = {"sso-admin": "sso"}
    called = {f"{services.get(call['service'], call['service'])}:{call['operation']}" for call in calls}
    listed = {action for statement in preview_document()["Statement"] for action in statement["Action"]}
    assert called - listed == {"sts:GetCallerIdentity"}  # which takes no permission
    assert listed - called == UNCALLED
