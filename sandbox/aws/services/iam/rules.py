"""What IAM refuses and moto accepts, beside quotas: a name that differs by case only, tags that break the rules,
a malformed trust policy, a policy with a key twice in one object or a principal, a change of an AWS managed policy.

Sources: IAM/latest/UserGuide/reference_iam-quotas.html (names are unique whatever their case; 50 tags);
id_tags.html (keys have no case, aws: is reserved); API_CreateRole.html (MalformedPolicyDocument);
reference_policies_grammar.html ("must not contain multiple instances of the same key");
reference_policies_elements_principal.html (not in identity-based policies), …_sid.html (letters and digits). The
wording, and the code for AWS managed policies, are as users report them (assumed). The sandbox doesn't check that a
trust policy's principals exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.iam import MalformedDocument, RepeatedKey, parse_document, read_json

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards

from .entities import backend

_TAGS = 50
_SID = re.compile("[0-9A-Za-z]*")


@guards("iam", "CreateUser", "CreateGroup", "CreateRole", "CreatePolicy", "CreateInstanceProfile", "CreateSAMLProvider")
def refuse_taken_name(context: Context) -> None:
    kind = context.call.operation.removeprefix("Create")
    name = str(context.parameter("Name" if kind == "SAMLProvider" else f"{kind}Name"))
    if not any(entity.name.lower() == name.lower() for entity in _entities(context, kind)):
        return
    text = f"{kind} with name {name} already exists."
    if kind == "Policy":
        text = f"A policy called {name} already exists. Duplicate names are not allowed."
    raise AwsError("EntityAlreadyExists", text, 409)


def _entities(context: Context, kind: str) -> Iterable[Any]:
    """The account's own entities of a kind."""
    iam = backend(context)
    if kind == "Policy":
        return [policy for policy in iam.managed_policies.values() if f"::{context.account}:" in policy.arn]
    entities: dict[str, Iterable[Any]] = {
        "User": iam.users.values(),
        "Group": iam.groups.values(),
        "Role": iam.get_roles(),
        "InstanceProfile": iam.instance_profiles.values(),
        "SAMLProvider": iam.saml_providers.values(),
    }
    return entities[kind]


@guards("iam", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion")
@guards("iam", "TagPolicy", "UntagPolicy")
def refuse_foreign_policy(context: Context) -> None:
    if f"::{context.account}:" not in str(context.parameter("PolicyArn")):
        raise AwsError("AccessDenied", "Policy is outside your own account.", 403)


@guards("iam", "CreateRole", "UpdateAssumeRolePolicy")
def check_trust_policy(context: Context) -> None:
    document = context.parameter("AssumeRolePolicyDocument") or context.parameter("PolicyDocument")
    try:
        trust_policy = parse_document(str(document))
    except MalformedDocument as error:
        raise _syntax_error(error) from None
    for statement in trust_policy.statements:
        if statement.resources is not None:
            raise AwsError("MalformedPolicyDocument", "Has prohibited field Resource")
        if not all(action.startswith("sts:") for action in statement.actions):
            raise AwsError("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.")


@guards("iam", "CreatePolicy", "CreatePolicyVersion", "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy")
def check_policy(context: Context) -> None:
    try:
        policy = read_json(str(context.parameter("PolicyDocument")))
        statements = parse_document(policy).statements
    except RepeatedKey as error:
        raise _syntax_error(error) from None
    except (ValueError, MalformedDocument):
        return  # moto's to refuse
    for statement in statements:
        if statement.principals is not None:
            raise AwsError("MalformedPolicyDocument", "Policy document should not specify a principal.")
        if not _SID.fullmatch(statement.sid):
            raise AwsError("MalformedPolicyDocument", f"Statement IDs (SID) must be alpha-numeric: {statement.sid}")


def _syntax_error(error: Exception) -> AwsError:
    return AwsError("MalformedPolicyDocument", f"Syntax errors in policy. {error}")


@guards("iam", "TagUser", "TagRole", "TagPolicy", "TagInstanceProfile", "TagOpenIDConnectProvider")
@guards("iam", "CreateUser", "CreateRole", "CreatePolicy", "CreateInstanceProfile", "CreateOpenIDConnectProvider")
def check_tags(context: Context) -> None:
    keys = [str(tag["Key"]).lower() for tag in context.elements("Tags")]
    if len(set(keys)) < len(keys):
        text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise AwsError("InvalidInput", text)
    if any(key.startswith("aws:") for key in keys):
        raise AwsError("InvalidInput", "Tag keys that start with aws: are reserved for AWS.")
    kind = context.call.operation.removeprefix("Tag").removeprefix("Create")
    present_keys = {key.lower() for key in _present_tag_keys(context, kind)}
    if len(present_keys.union(keys)) > _TAGS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for TagsPer{kind}: {_TAGS}", 409)


def _present_tag_keys(context: Context, kind: str) -> list[str]:
    """Those of the entity that the call tags; none for one that it creates."""
    if context.call.operation.startswith("Create"):
        return []
    tags: Any = getattr(_tagged_entity(context, kind), "tags", None) or []
    rows = tags.values() if isinstance(tags, dict) else tags
    return [str(tag["Key"]) for tag in rows]


def _tagged_entity(context: Context, kind: str) -> Any:
    iam = backend(context)
    if kind == "Policy":
        return iam.managed_policies.get(context.parameter("PolicyArn"))
    if kind == "OpenIDConnectProvider":
        return iam.open_id_providers.get(context.parameter("OpenIDConnectProviderArn"))
    name = context.parameter(f"{kind}Name")
    return next((entity for entity in _entities(context, kind) if entity.name == name), None)
