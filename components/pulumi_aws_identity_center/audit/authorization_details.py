"""Reads iam:GetAccountAuthorizationDetails, from the API's pages or a saved file, into principals and their documents.

What can't be read is kept as a problem of the principals it concerns: they are reported as undetermined, never
dropped. Of each document only its statements about relevant actions stay in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from ..errors import IdentityCenterError
from ..iam import Document, MalformedDocument, parse_document

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


class NotAuthorizationDetails(IdentityCenterError):
    """The input is not what `aws iam get-account-authorization-details` prints."""


@dataclass
class Principal:
    """A user or a role. documents: by the policy's ARN or name; problems: what keeps it from being decided."""

    arn: str
    name: str
    kind: str
    documents: dict[str, Document] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    boundary: str | None = None
    trust: Document | None = None
    tags: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class Account:
    principals: list[Principal] = field(default_factory=list)
    policies: dict[str, Document] = field(default_factory=dict)
    groups: dict[str, Principal] = field(default_factory=dict)
    malformed: dict[str, str] = field(default_factory=dict)
    granting: list[str] | None = None  # found once by finding.granting_policies


def pages(stream: TextIO) -> Iterator[Mapping[str, Any]]:
    """The pages in a file: one after the other, as the AWS CLI or a loop over it writes them."""
    text = stream.read().lstrip("\ufeff \t\r\n")
    if not text:
        raise NotAuthorizationDetails(
            "The input is empty; it takes what aws iam get-account-authorization-details prints."
        )
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        try:
            page, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise NotAuthorizationDetails(
                "The input is cut off or is not JSON; save it again with aws iam get-account-authorization-details."
            ) from None
        while position < len(text) and text[position].isspace():
            position += 1
        yield page
    if isinstance(page, Mapping) and (page.get("IsTruncated") or page.get("NextToken")):
        raise NotAuthorizationDetails("The input lacks the account's last pages; save it again without a limit.")


def read(found: Iterable[Mapping[str, Any]], actions: Iterable[str]) -> Account:
    """The account that the pages describe. actions: in lower case, the ones that will be asked about."""
    account, relevant = Account(), tuple(actions)
    for page in found:
        if not isinstance(page, Mapping) or not any(name in page for name in LISTS):
            raise NotAuthorizationDetails(
                f"The input has none of {', '.join(LISTS)}: it is not from aws iam get-account-authorization-details."
            )
        try:
            _page(page, account, relevant)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotAuthorizationDetails(f"The input lacks something that AWS always gives ({error}).") from None
    for principal in account.principals:
        _complete(principal, account)
    return account


def _page(page: Mapping[str, Any], account: Account, actions: tuple[str, ...]) -> None:
    for raw in page.get("Policies", ()):
        version = next((each for each in raw["PolicyVersionList"] if each.get("IsDefaultVersion")), None)
        if version is None:
            account.malformed[raw["Arn"]] = f"{raw['Arn']} has no default version in the input"
            continue
        try:
            account.policies[raw["Arn"]] = _narrow(version["Document"], actions)
        except MalformedDocument as error:
            account.malformed[raw["Arn"]] = f"{raw['Arn']}: {error}"
    for raw in page.get("GroupDetailList", ()):
        account.groups[raw["GroupName"]] = _principal(raw, "Group", actions)
    for raw in page.get("UserDetailList", ()):
        account.principals.append(_principal(raw, "User", actions))
    for raw in page.get("RoleDetailList", ()):
        account.principals.append(_principal(raw, "Role", actions))


def _principal(raw: Mapping[str, Any], kind: str, actions: tuple[str, ...]) -> Principal:
    principal = Principal(
        raw["Arn"],
        raw[f"{kind}Name"],
        kind.lower(),
        groups=list(raw.get("GroupList", ())),
        managed=[each["PolicyArn"] for each in raw.get("AttachedManagedPolicies", ())],
        boundary=(raw.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
        tags={each["Key"]: each["Value"] for each in raw.get("Tags", ())},
    )
    for inline in raw.get(f"{kind}PolicyList", ()):
        try:
            principal.documents[inline["PolicyName"]] = _narrow(inline["PolicyDocument"], actions)
        except MalformedDocument as error:
            principal.problems.append(f"policy {inline['PolicyName']}: {error}")
    if "AssumeRolePolicyDocument" in raw:
        try:
            principal.trust = parse_document(raw["AssumeRolePolicyDocument"])
        except MalformedDocument as error:
            principal.problems.append(f"trust policy: {error}")
    return principal


def _narrow(source: Any, actions: tuple[str, ...]) -> Document:
    document = parse_document(source)
    return Document(tuple(s for s in document.statements if any(s.concerns(action) for action in actions)))


def _complete(principal: Principal, account: Account) -> None:
    """Adds what it has through its groups and its managed policies."""
    managed = list(principal.managed)
    for name in principal.groups:
        group = account.groups.get(name)
        if group is None:
            principal.problems.append(f"group {name} is not in the input")
            continue
        managed += group.managed
        principal.problems += group.problems
        principal.documents.update({f"{name}/{label}": found for label, found in group.documents.items()})
    for arn in [*managed, *([principal.boundary] if principal.boundary else [])]:
        if arn not in account.policies:
            principal.problems.append(account.malformed.get(arn, f"{arn} is not in the input"))
        elif arn in managed:
            principal.documents[arn] = account.policies[arn]
