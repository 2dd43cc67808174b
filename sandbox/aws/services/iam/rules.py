"""What IAM refuses that moto lets pass, beside its quotas: a name that differs by case only, tags that break the rules,
a trust policy that is none, changes of a policy that is AWS's.

Sources: IAM/latest/UserGuide/reference_iam-quotas.html (names are unique whatever their case; 50 tags);
id_tags.html (keys have no case, aws: is reserved); API_CreateRole.html (MalformedPolicyDocument). Wording and the code
for AWS's own policies are as users report them (assumed). Whether whom a trust policy names exists is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.iam import MalformedDocument, parse_document

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards

from .entities import backend

_TAGS = 50


@guards("iam", "CreateUser", "CreateGroup", "CreateRole", "CreatePolicy", "CreateInstanceProfile")
def the_name_is_nobodys(context: Context) -> None:
    kind, iam = context.call.operation.removeprefix("Create"), backend(context)
    own = [each for each in iam.managed_policies.values() if f"::{context.account}:" in each.arn]
    holders: dict[str, Iterable[Any]] = {
        "User": iam.users.values(),
        "Group": iam.groups.values(),
        "Role": iam.get_roles(),
        "Policy": own,
        "InstanceProfile": iam.instance_profiles.values(),
    }
    name = str(context.parameter(f"{kind}Name"))
    if any(each.name.lower() == name.lower() for each in holders[kind]):
        text = f"{kind} with name {name} already exists."
        if kind == "Policy":
            text = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise AwsError("EntityAlreadyExists", text, 409)


@guards("iam", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion")
@guards("iam", "TagPolicy", "UntagPolicy")
def the_policy_is_ones_own(context: Context) -> None:
    if f"::{context.account}:" not in str(context.parameter("PolicyArn")):
        raise AwsError("AccessDenied", "Policy is outside your own account.", 403)


@guards("iam", "CreateRole", "UpdateAssumeRolePolicy")
def the_trust_policy_is_one(context: Context) -> None:
    document = context.parameter("AssumeRolePolicyDocument") or context.parameter("PolicyDocument")
    try:
        found = parse_document(str(document))
    except MalformedDocument as error:
        raise AwsError("MalformedPolicyDocument", f"Syntax errors in policy. {error}") from None
    for statement in found.statements:
        if statement.resources is not None:
            raise AwsError("MalformedPolicyDocument", "Has prohibited field Resource")
        if any(action == "*" or not action.startswith("sts:") for action in statement.actions):
            raise AwsError("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.")


@guards("iam", "TagUser", "TagRole", "TagPolicy", "TagInstanceProfile", "TagOpenIDConnectProvider")
@guards("iam", "CreateUser", "CreateRole", "CreatePolicy", "CreateInstanceProfile", "CreateOpenIDConnectProvider")
def tags_are_right(context: Context) -> None:
    given = [str(tag["Key"]) for tag in context.parameter("Tags") or []]
    lowered = [key.lower() for key in given]
    if len(set(lowered)) < len(lowered):
        text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise AwsError("InvalidInput", text)
    if any(key.startswith("aws:") for key in lowered):
        raise AwsError("InvalidInput", "Tag keys that start with aws: are reserved for AWS.")
    kind, before = _tagged(context)
    if len({key.lower() for key in before} | set(lowered)) > _TAGS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for TagsPer{kind}: {_TAGS}", 409)


def _tagged(context: Context) -> tuple[str, list[str]]:
    """What is tagged, and the keys that it has."""
    operation, iam = context.call.operation, backend(context)
    kind = operation.removeprefix("Tag").removeprefix("Create")
    if operation.startswith("Create"):
        return kind, []
    entity: Any = None
    if kind == "Policy":
        entity = iam.managed_policies.get(context.parameter("PolicyArn"))
    elif kind == "OpenIDConnectProvider":
        entity = iam.open_id_providers.get(context.parameter("OpenIDConnectProviderArn"))
    else:
        name = context.parameter(f"{kind}Name")
        rows = {"User": iam.users.values(), "Role": iam.get_roles(), "InstanceProfile": iam.instance_profiles.values()}
        entity = next((each for each in rows[kind] if each.name == name), None)
    tags: Any = getattr(entity, "tags", None) or []
    return kind, [str(tag["Key"]) for tag in (tags.values() if isinstance(tags, dict) else tags)]
