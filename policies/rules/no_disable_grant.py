"""no-disable-grant: nobody is given an action after which nobody can sign in, but by a named exception.

IAM's own evaluation decides (`pulumi_aws_identity_center.iam`), of each document by itself: whether a boundary, an SCP
or a second policy takes the permission away again depends on who has it, and is who-can-disable's to tell.

Unknown: a document that the preview can't know could grant anything, so it is shown (Later), and judged by the update
before it is made. So is the ARN of a managed policy, unless its value comes from policies that this program makes: they
are judged themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.constants import DISABLE_ACTION, PACKAGE, POLICY_PREFIX
from pulumi_aws_identity_center.documents import PARTITIONS, disable_document
from pulumi_aws_identity_center.gate.types import type_of
from pulumi_aws_identity_center.iam import Grant, MalformedDocument, grants_lock_out, parse_document
from pulumi_aws_identity_center.validation import snake_case

from .exceptions import excepted
from .iam_flows import FLOWS, Kind, flows
from .partly_known import at_best, at_worst, is_partly_unknown
from .rule import UNKNOWN, Config, Declared, Later, Rule, Stack

# AWS's managed policies of which `grants_lock_out` says that they grant one, and which; a test evaluates all of them.
MANAGED: Mapping[str, str] = {
    "AdministratorAccess": DISABLE_ACTION,
    "AWSOrganizationsFullAccess": DISABLE_ACTION,
    "AWSMcpServiceActionsFullAccess": DISABLE_ACTION,  # for calls that come through AWS's MCP servers
    "AWSSSOMasterAccountAdministrator": "sso:DeleteInstance",
    "AWSSSOMemberAccountAdministrator": "sso:DeleteInstance",
    "PowerUserAccess": "sso:DeleteInstance",
}
_MANAGED_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?:.+/)?([^/]+)")

# A role tells its attachments as an output too, which a preview can't know whether or not the program gives any.
_ROLE = "aws:iam/role:Role"
_POLICIES = ("aws:iam/policy:Policy", "aws-native:iam:ManagedPolicy")

OPERATOR_PERMISSIONS = f"{PACKAGE}:index:OperatorPermissions"
_OWN = f"{POLICY_PREFIX}disable"

# The operations are the management account's: API references of DisableAWSServiceAccess, DeleteOrganization (both of
# AWS Organizations) and DeleteInstance (IAM Identity Center). Where a policy will be used, nothing here tells.
_EXCEPTION = (
    "If it is meant, or only used in member accounts, where these actions can't lock everybody out, name the exception "
    'in --policy-pack-config: {"no-disable-grant": {"allowed": [{"pattern": "NAME", "reason": "WHY"}]}}.'
)
_FIX = (
    "Narrow its actions, or deny them in the same document. In Python: "
    'document["Statement"] += guard_document()["Statement"] (from pulumi_aws_identity_center). In YAML: add the '
    f"statements that `identity-center document guard` prints. {_EXCEPTION}"
)
_NARROWER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def check(resource: Declared, config: Config) -> Iterable[str]:
    if _is_operator_permissions_own(resource):
        return
    exception = excepted(resource, config.get("allowed") or ())
    if exception is True:
        return
    for kind, where, value in flows(resource):
        problem = _of_document(value) if kind is Kind.DOCUMENT else _of_name(value)
        if problem is None:
            continue
        text = f"{resource.name}: its {where} {problem}"
        if exception is UNKNOWN:
            text += " Whether whom it is for is an exception isn't known in this preview; the update judges it first."
        made = Later if exception is UNKNOWN else type(problem)
        yield made(f"{text} {_fix_of(kind, where)}")


def _fix_of(kind: Kind, where: str) -> str:
    if kind is Kind.DOCUMENT:
        return _FIX
    if kind is Kind.REFERENCE:
        written = ('name="identity-center-observe"', "name: identity-center-observe")
    else:
        key, listed, _ = where.partition("[")
        python, yaml = (f'["{_NARROWER}"]', f"[{_NARROWER}]") if listed else (f'"{_NARROWER}"', _NARROWER)
        written = (f"{snake_case(key)}={python}", f"{key}: {yaml}")
    return f"Attach something narrower. In Python: {written[0]}, say. In YAML: {written[1]}. {_EXCEPTION}"


def _of_document(value: Any) -> str | None:
    if value is UNKNOWN:
        return Later(
            "is not known in this preview, and might let someone lock everybody out. Write it out; if not, the update "
            "judges it before it makes it."
        )
    try:
        if not isinstance(value, Mapping) or not is_partly_unknown(value):
            grant = grants_lock_out(parse_document(value))
            return None if grant is None else _words(grant)
        grant = grants_lock_out(parse_document(at_best(value)))
        if grant is not None:
            return _words(grant)
        doubt = grants_lock_out(parse_document(at_worst(value)))
    except MalformedDocument as error:
        return f"is not a policy document that IAM would take, so nobody can tell what it grants: {error}"
    if doubt is None:
        return None
    return Later(f"is not known in part in this preview, and could grant {doubt.action}.")


def _words(grant: Grant) -> str:
    statement = f" (statement {grant.statement.sid})" if grant.statement.sid else ""
    under = "" if grant.certain else ", under conditions that the document doesn't settle"
    return f"lets whoever has it call {grant.action}{statement}{under}: then nobody can sign in to any account."


def _of_name(value: Any) -> str | None:
    """Of a managed policy by ARN, or by its name alone."""
    if not isinstance(value, str):
        return None
    aws = _MANAGED_ARN.fullmatch(value)
    if aws is not None and aws.group(1) in MANAGED:
        return f"is AWS's {aws.group(1)}, which allows {MANAGED[aws.group(1)]}: then nobody can sign in to any account."
    if value.rpartition("/")[2] == _OWN:
        return f"is {_OWN}, which only OperatorPermissions may give, to its break-glass roles."
    return None


def _is_operator_permissions_own(resource: Declared) -> bool:
    """The disable policy as OperatorPermissions makes it, word for word, and its attachments to break-glass roles.

    Whatever else somebody puts under that component is judged as anywhere.
    """
    if resource.parent_type != OPERATOR_PERMISSIONS:
        return False
    if resource.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        arn = resource.props.get("policyArn")
        return isinstance(arn, str) and arn.rpartition("/")[2] == _OWN
    if resource.type != "aws:iam/policy:Policy":
        return False
    try:
        said = json.loads(resource.props.get("policy") or "")
    except (TypeError, ValueError):
        return False
    return any(said == disable_document(partition=partition) for partition in PARTITIONS)


def doubts(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    """Managed policies that the preview can't know, and that aren't this program's own."""
    for resource in stack.resources:
        if excepted(resource, config.get("allowed") or ()) is True:
            continue
        unknown: dict[str, list[str]] = {}
        for kind, where, value in flows(resource):
            if kind is not Kind.DOCUMENT and value is UNKNOWN:
                unknown.setdefault(re.split(r"[.\[]", where)[0], []).append(where)
        for key, places in unknown.items():
            if resource.type == _ROLE and key not in resource.comes_from:
                continue
            own = {urn for urn in resource.comes_from.get(key, ()) if type_of(urn) in _POLICIES}
            # A list may have one of each: one policy of the program's excuses one unknown.
            if len(places) > len(own):
                yield (
                    Later(
                        f"{resource.name}: its {places[-1]} is not known in this preview, and might be a policy with "
                        "which someone can lock everybody out. Write it out; if not, the update judges it before it "
                        f"makes it. {_fix_of(Kind.ARN, places[-1])}"
                    ),
                    resource,
                )


_ALLOWED = {
    "type": "array",
    "default": [],
    "items": {
        "type": "object",
        "properties": {"pattern": {"type": "string", "minLength": 1}, "reason": {"type": "string", "minLength": 1}},
        "required": ["pattern", "reason"],
        "additionalProperties": False,
    },
}

RULE = Rule(
    id="no-disable-grant",
    description=(
        "No policy, role, user, group or permission set is given organizations:DisableAWSServiceAccess for "
        "sso.amazonaws.com, organizations:DeleteOrganization or sso:DeleteInstance, by a document or by one of AWS's "
        "managed policies. Exceptions: allowed, a list of {pattern, reason}; the pattern (* and ?) is held against the "
        "name of the role, user or group that has it (of several, all have to match); only where the resource tells "
        "none, as a managed policy doesn't, against its own. OperatorPermissions' own disable policy, "
        "word for word, is allowed. In which account something will be used is not told: PowerUserAccess as a "
        "permission set allows sso:DeleteInstance and is refused, and where it is assigned in member accounts only it "
        "is an exception worth naming."
    ),
    types=frozenset(FLOWS),
    check=check,
    doubts=doubts,
    config={"allowed": _ALLOWED},
)
