"""Reads iam:GetAccountAuthorizationDetails, from the API's pages or a saved file, into principals and their documents.

What can't be read is kept as a problem of the principals it concerns: they are reported as undetermined, never
dropped. Of each document only its statements about relevant actions stay in memory. `saved_details` reads files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.errors import IdentityCenterError
from pulumi_aws_identity_center.iam import Document, MalformedDocument, parse_document

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_TWICE = "is in the input twice, and not the same both times"
_KINDS = {"UserDetailList": "User", "GroupDetailList": "Group", "RoleDetailList": "Role"}


class NotAuthorizationDetails(IdentityCenterError):
    """The input is not what `aws iam get-account-authorization-details` prints."""


@dataclass(frozen=True)
class HeldPolicy:
    """A policy that a principal has. name: its ARN, or an inline one's name; group: through which it has it."""

    name: str
    group: str | None = None

    @property
    def managed(self) -> bool:
        return self.name.startswith("arn:")

    @property
    def customers(self) -> bool:
        """A managed policy of the account's own: one of AWS's can't be changed."""
        return self.managed and ":iam::aws:" not in self.name


@dataclass
class Principal:
    """A user, a role, or a group. tags_told: whether the input says which tags it has. problems: what keeps it from
    being decided."""

    arn: str
    name: str
    kind: str
    documents: dict[HeldPolicy, Document] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    boundary: str | None = None
    trust: Document | None = None
    tags: dict[str, str] = field(default_factory=dict)
    tags_told: bool = False
    problems: list[str] = field(default_factory=list)
    unique_id: str = ""


class Version(NamedTuple):
    """One of a managed policy's versions. problem: why it can't be read; then the document is empty."""

    document: Document
    problem: str = ""


@dataclass
class Account:
    """versions: a policy's versions other than the default one. known: what is known of every request, by condition
    key. incomplete: why reading the account broke off; "". lacks: what every management account has and this input
    doesn't; "". instance_key: the ARN of the customer managed key of the Identity Center instance; ""."""

    principals: list[Principal] = field(default_factory=list)
    policies: dict[str, Document] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    groups: dict[str, Principal] = field(default_factory=dict)
    malformed: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    incomplete: str = ""
    lacks: str = ""
    instance_key: str = ""


def read(found: Iterable[Mapping[str, Any]], actions: Iterable[str]) -> Account:
    """The account that the pages, or parts of them, describe. actions: in lower case, the ones that will be asked
    about. A page that says that it isn't the last has to be followed by another."""
    account, relevant, more = Account(), tuple(actions), False
    for page in found:
        if not isinstance(page, Mapping) or not any(name in page for name in LISTS):
            raise NotAuthorizationDetails(
                f"The input has none of {', '.join(LISTS)}: it is not from aws iam get-account-authorization-details."
            )
        for name in LISTS:
            _list(page.get(name, ()), name, account, relevant)
        more = bool(page.get("NextToken") or page.get("IsTruncated"))
    if more:
        account.incomplete = "The input lacks the account's last pages; save it again without a limit."
    _know(account)
    for principal in account.principals:
        _complete(principal, account)
    return account


def _know(account: Account) -> None:
    """AWS's own policies of those that matter, where the input doesn't have them; also those that nobody has: somebody
    could be given them, or bound to them."""
    near = account.principals[0].arn if account.principals else "arn:aws:"
    named = {arn for each in (*account.principals, *account.groups.values()) for arn in (*each.managed, each.boundary)}
    for arn in (*(aws_managed_policies.arn(name, near) for name in aws_managed_policies.KNOWN), *filter(None, named)):
        known = aws_managed_policies.of(arn)
        if known is not None and arn not in account.malformed:
            account.policies.setdefault(arn, known)


def _list(found: Any, name: str, account: Account, actions: tuple[str, ...]) -> None:
    if not isinstance(found, list | tuple):
        raise NotAuthorizationDetails(
            f"The input's {name} is not a list; aws iam get-account-authorization-details's is."
        )
    for raw in found:
        if not isinstance(raw, Mapping):
            raise NotAuthorizationDetails(f"The input's {name} has an entry that is not an object; AWS's are.")
        which = f" ({raw['Arn']})" if isinstance(raw.get("Arn"), str) else ""
        where = f"The input's {name} has an entry{which}"
        try:
            if name == "Policies":
                _policy(raw, account, actions)
            else:
                _holder(_principal(raw, _KINDS[name], actions), account)
        except KeyError as missing:
            raise NotAuthorizationDetails(f"{where} without {missing.args[0]}, which AWS always gives.") from None
        except (TypeError, AttributeError, ValueError):
            raise NotAuthorizationDetails(f"{where} in which something has another shape than AWS gives it.") from None


def _holder(principal: Principal, account: Account) -> None:
    if principal.kind == "group":
        if account.groups.get(principal.name, principal) != principal:
            principal.problems.append(f"group {principal.name} {_TWICE}")
        account.groups[principal.name] = principal
    else:
        account.principals.append(principal)


def _policy(raw: Mapping[str, Any], account: Account, actions: tuple[str, ...]) -> None:
    arn, default = _text(raw, "Arn"), None
    others: list[Version] = []
    for version in raw["PolicyVersionList"]:
        is_default = version.get("IsDefaultVersion") or version.get("VersionId", 0) == raw.get("DefaultVersionId")
        try:
            document = _narrow(version["Document"], actions)
        except MalformedDocument as error:
            if is_default:
                account.malformed[arn] = f"{arn}: {error}"
            else:
                others.append(Version(Document(()), f"version {version.get('VersionId', '')} of {arn}: {error}"))
            continue
        if is_default:
            default = document
        else:
            others.append(Version(document))
    if account.policies.get(arn, default) != default:
        account.malformed[arn] = f"{arn} {_TWICE}"
        del account.policies[arn]
    elif default is not None and arn not in account.malformed:
        account.policies[arn] = default
    else:
        account.malformed.setdefault(arn, f"{arn} has no default version in the input")
    if others:
        account.versions[arn] = others


def _principal(raw: Mapping[str, Any], kind: str, actions: tuple[str, ...]) -> Principal:
    principal = Principal(
        _text(raw, "Arn"),
        _text(raw, f"{kind}Name"),
        kind.lower(),
        groups=[str(each) for each in raw.get("GroupList") or ()],
        managed=[_text(each, "PolicyArn") for each in raw.get("AttachedManagedPolicies") or ()],
        boundary=_text(raw["PermissionsBoundary"], "PermissionsBoundaryArn")
        if raw.get("PermissionsBoundary")
        else None,
        tags={_text(each, "Key"): str(each["Value"]) for each in raw.get("Tags") or ()},
        tags_told="Tags" in raw,
        unique_id=str(raw.get(f"{kind}Id", "")),
    )
    if not principal.arn.startswith("arn:") or principal.arn.count(":") < 5:
        raise ValueError(principal.arn)
    for inline in raw.get(f"{kind}PolicyList") or ():
        name = _text(inline, "PolicyName")
        try:
            document = _narrow(inline["PolicyDocument"], actions)
        except MalformedDocument as error:
            principal.problems.append(f"policy {name}: {error}")
            continue
        if principal.documents.setdefault(HeldPolicy(name), document) != document:
            principal.problems.append(f"policy {name} {_TWICE}")
    if "AssumeRolePolicyDocument" in raw:
        try:
            principal.trust = parse_document(raw["AssumeRolePolicyDocument"])
        except MalformedDocument as error:
            principal.problems.append(f"trust policy: {error}")
    return principal


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw[key]
    if not isinstance(value, str):
        raise ValueError(key)
    return value


def _narrow(source: Any, actions: tuple[str, ...]) -> Document:
    document = parse_document(source)
    return Document(tuple(s for s in document.statements if s.concerned(actions)))


def _complete(principal: Principal, account: Account) -> None:
    """Adds what it has through its groups and its managed policies."""
    _attach(principal, principal, None, account)
    for name in principal.groups:
        group = account.groups.get(name)
        if group is None:
            principal.problems.append(f"group {name} is not in the input")
            continue
        principal.problems += group.problems
        principal.documents.update({HeldPolicy(held.name, name): found for held, found in group.documents.items()})
        _attach(principal, group, name, account)
    if principal.boundary and principal.boundary not in account.policies:
        principal.problems.append(_absent(principal.boundary, account))


def _attach(principal: Principal, holder: Principal, group: str | None, account: Account) -> None:
    for arn in holder.managed:
        if arn in account.policies:
            principal.documents[HeldPolicy(arn, group)] = account.policies[arn]
        else:
            principal.problems.append(_absent(arn, account))


def _absent(arn: str, account: Account) -> str:
    return account.malformed.get(arn, f"{arn} is not in the input")
