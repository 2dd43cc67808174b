"""Accounts as iam:GetAccountAuthorizationDetails answers them, a row a principal, and their reports."""

from __future__ import annotations

from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY

ACCOUNT = "arn:aws:iam::111122223333"
AWS = "arn:aws:iam::aws:policy"
OWN, GUARD, BOUND = (f"{ACCOUNT}:policy/{name}" for name in ("own", "guard", "bound"))
ORGANIZATIONS = {"Effect": "Allow", "Action": "organizations:*", "Resource": "*"}
ROOT = {"AWS": f"{ACCOUNT}:root"}


def allow(*actions, on="*", when=None, effect="Allow"):
    statement = {"Effect": effect, "Action": [*actions], "Resource": on}
    return {**statement, "Condition": when} if when else statement


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def holder(kind, name, *statements, managed=(), boundary=None, path="", tags=None, trust=None, groups=()):
    row = {"Arn": f"{ACCOUNT}:{kind.lower()}/{path}{name}", f"{kind}Name": name, f"{kind}Id": f"ID{name.upper()}"}
    row[f"{kind}PolicyList"] = [{"PolicyName": "inline", "PolicyDocument": document(*statements)}] if statements else []
    row["AttachedManagedPolicies"] = [{"PolicyArn": arn, "PolicyName": "x"} for arn in managed]
    row["Tags"] = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    if boundary:
        row["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    if kind == "User":
        row["GroupList"] = list(groups)
    if kind == "Role":
        trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "nobody.example"}}
        row["AssumeRolePolicyDocument"] = document({**trusted, **(trust or {})})
    return row


def user(*statements, name="ann", **more):
    return holder("User", name, *statements, **more)


def role(name, *statements, trust=None, **more):
    return holder("Role", name, *statements, trust=trust, **more)


def group(name, *statements, **more):
    return holder("Group", name, *statements, **more)


def page_of(*rows, policies=None, versions=None):
    documents = {f"{AWS}/AdministratorAccess": document(allow("*")), GUARD: guard_document(), **(policies or {})}
    return {
        "UserDetailList": [row for row in rows if "UserName" in row],
        "RoleDetailList": [row for row in rows if "RoleName" in row],
        "GroupDetailList": [row for row in rows if "GroupName" in row],
        "Policies": [
            {
                "Arn": arn,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [
                    {"IsDefaultVersion": True, "Document": document_text},
                    *({"IsDefaultVersion": False, "Document": version} for version in (versions or {}).get(arn, ())),
                ],
            }
            for arn, document_text in documents.items()
        ],
    }


def ask(*rows, policies=None, versions=None, key=""):
    """key: of the Identity Center instance."""
    page = page_of(*rows, policies=policies, versions=versions)
    account = read_account([page], RELEVANT_ACTIONS)
    account.instance_key = key
    report = who_can_disable(account)
    check_paths(report)
    principals = {row["arn"].rpartition("/")[2]: row for row in report["principals"]}
    return principals, {row["arn"].rpartition("/")[2] for row in report["undetermined"]}


def check_paths(report):
    """The paths of each principal name all of its escalations, start with itself and end with a lock-out action."""
    capable = {row["arn"] for row in report["principals"]}
    for row in report["principals"]:
        paths = row.get("paths", [])
        actions = {step["action"] for path in paths for stage in path for step in (stage, *stage.get("or", ()))}
        can_call_all = set(LOCK_OUT_ACTIONS) <= set(row["actions"])
        assert paths == [] if can_call_all else set(row["escalation"]) <= actions, row
        for path in paths:
            assert path[0]["principal"] == row["arn"], row
            locks_out = path[-1]["action"] in {*LOCK_OUT_ACTIONS, *LOCK_OUT_BY_KEY}
            assert locks_out != (path[-1].get("continues") in capable), row


def ways(*rows, of="ann", **more):
    """How it could give itself a lock-out action; None if it couldn't."""
    principals, undetermined = ask(*rows, **more)
    assert undetermined == set()
    return {path.partition(":")[2] for path in principals[of]["escalation"]} if of in principals else None
