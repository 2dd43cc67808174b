"""Reads what iam:GetAccountAuthorizationDetails returns, from the API's pages or a saved file, into an `Account`.

Of each document only its statements about relevant actions stay in memory. `saved_account.py` reads files,
`live_account.py` AWS. docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.errors import IdentityCenterError
from pulumi_aws_identity_center.iam import Document, MalformedDocument, parse_document

from .account import Account, HeldPolicy, Principal, Version

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_TWICE = "is in the input twice, and not the same both times"
_KINDS = {"UserDetailList": "User", "GroupDetailList": "Group", "RoleDetailList": "Role"}

_ARN = re.compile(r"arn:([^:]*:){4}.*", re.DOTALL)

Entry = Mapping[str, Any]
Actions = tuple[str, ...]


class NotAuthorizationDetails(IdentityCenterError):
    """The input is not what `aws iam get-account-authorization-details` prints."""


def read_account(pages: Iterable[Entry], actions: Iterable[str]) -> Account:
    """The account that the pages, or parts of them, describe. actions: in lower case, the ones that will be asked
    about. A page that says that it isn't the last has to be followed by another."""
    account, relevant_actions, has_more = Account(), tuple(actions), False
    for page in pages:
        _check_page(page)
        for name in LISTS:
            _read_list(page.get(name, ()), name, account, relevant_actions)
        has_more = bool(page.get("NextToken") or page.get("IsTruncated"))
    if has_more:
        account.incomplete = "The input lacks the account's last pages; save it again without a limit."
    _sort(account)
    _add_known_policies(account)
    for principal in account.principals:
        _complete(principal, account)
    return account


def _sort(account: Account) -> None:
    """The order of AWS's lists means nothing, and which paths a report shows would depend on it."""
    account.principals = sorted(_once_each(account), key=attrgetter("is_role", "arn"))
    account.groups = dict(sorted(account.groups.items()))
    account.policies = dict(sorted(account.policies.items()))
    account.malformed = dict(sorted(account.malformed.items()))
    for principal in (*account.principals, *account.groups.values()):
        principal.documents = dict(sorted(principal.documents.items(), key=lambda item: item[0].name))
        for names in (principal.managed, principal.groups, principal.problems):
            names.sort()


def _once_each(account: Account) -> Iterable[Principal]:
    """Of one that the input has twice, not the same, nobody knows whom it trusts, nor which conditions it meets."""
    by_arn: dict[str, Principal] = {}
    for principal in account.principals:
        if by_arn.setdefault(principal.arn, principal) != principal:
            account.incomplete = f"{principal.kind} {principal.name} {_TWICE}: save the account again."
    return by_arn.values()


def _check_page(page: Any) -> None:
    if not isinstance(page, Mapping) or page.keys().isdisjoint(LISTS):
        raise NotAuthorizationDetails(
            f"The input has none of {', '.join(LISTS)}: it is not from aws iam get-account-authorization-details."
        )


def _read_list(entries: Any, name: str, account: Account, actions: Actions) -> None:
    if not isinstance(entries, list | tuple):
        raise NotAuthorizationDetails(
            f"The input's {name} is not a list; aws iam get-account-authorization-details's is."
        )
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise NotAuthorizationDetails(f"The input's {name} has an entry that is not an object; AWS's are.")
        which = f" ({entry['Arn']})" if isinstance(entry.get("Arn"), str) else ""
        where = f"The input's {name} has an entry{which}"
        try:
            _read_entry(entry, name, account, actions)
        except KeyError as missing:
            raise NotAuthorizationDetails(f"{where} without {missing.args[0]}, which AWS always gives.") from None
        except (TypeError, AttributeError, ValueError):
            raise NotAuthorizationDetails(f"{where} in which something has another shape than AWS gives it.") from None


def _read_entry(entry: Entry, name: str, account: Account, actions: Actions) -> None:
    """Raises KeyError, TypeError, AttributeError or ValueError for what AWS doesn't give."""
    if name == "Policies":
        _read_policy(entry, account, actions)
        return
    principal = _read_principal(entry, _KINDS[name], actions)
    if principal.kind == "group":
        if account.groups.get(principal.name, principal) != principal:
            principal.problems.append(f"group {principal.name} {_TWICE}")
        account.groups[principal.name] = principal
    else:
        account.principals.append(principal)


def _read_policy(entry: Entry, account: Account, actions: Actions) -> None:
    arn = _text(entry, "Arn")
    defaults: list[Version] = []
    other_versions: list[Version] = []
    for row in sorted(entry["PolicyVersionList"], key=lambda row: str(row.get("VersionId"))):
        is_named_default = row.get("VersionId", 0) == entry.get("DefaultVersionId")
        if row.get("IsDefaultVersion") or is_named_default:
            defaults.append(_read_version(row, arn, actions))
        else:
            version = _read_version(row, f"version {row.get('VersionId', '')} of {arn}", actions)
            other_versions.append(version)
    for default in defaults or [Version(Document(()), f"{arn} has no default version in the input")]:
        _note_default(arn, default, other_versions, account)


def _note_default(arn: str, default: Version, other_versions: list[Version], account: Account) -> None:
    """The default version, or why it can't be read: also because the input has it twice, with other versions."""
    if arn in account.malformed:
        return
    has_others = account.versions.setdefault(arn, other_versions) != other_versions
    is_another = has_others or account.policies.get(arn, default.document) != default.document
    problem = f"{arn} {_TWICE}" if is_another else default.problem
    if problem:
        account.policies.pop(arn, None)
        account.malformed[arn] = problem
    else:
        account.policies[arn] = default.document


def _read_version(row: Entry, name: str, actions: Actions) -> Version:
    try:
        return Version(_read_document(row["Document"], actions))
    except MalformedDocument as error:
        return Version(Document(()), f"{name}: {error}")


def _read_principal(entry: Entry, kind: str, actions: Actions) -> Principal:
    boundary = entry.get("PermissionsBoundary")
    principal = Principal(
        _text(entry, "Arn"),
        _text(entry, f"{kind}Name"),
        kind.lower(),
        groups=list(map(str, _rows(entry, "GroupList"))),
        managed=[_text(row, "PolicyArn") for row in _rows(entry, "AttachedManagedPolicies")],
        boundary=_text(boundary, "PermissionsBoundaryArn") if boundary else None,
        tags={_text(row, "Key"): str(row["Value"]) for row in _rows(entry, "Tags")},
        tags_are_known="Tags" in entry,
        unique_id=str(entry.get(f"{kind}Id") or ""),
    )
    if not _ARN.fullmatch(principal.arn):
        raise ValueError(principal.arn)
    for row in _rows(entry, f"{kind}PolicyList"):
        _read_inline_policy(row, principal, actions)
    if "AssumeRolePolicyDocument" in entry:
        _read_trust_policy(entry["AssumeRolePolicyDocument"], principal)
    return principal


def _read_inline_policy(row: Entry, principal: Principal, actions: Actions) -> None:
    name = _text(row, "PolicyName")
    try:
        document = _read_document(row["PolicyDocument"], actions)
    except MalformedDocument as error:
        principal.problems.append(f"policy {name}: {error}")
        return
    if principal.documents.setdefault(HeldPolicy(name), document) != document:
        principal.problems.append(f"policy {name} {_TWICE}")


def _read_trust_policy(document: Any, principal: Principal) -> None:
    try:
        principal.trust = parse_document(document)
    except MalformedDocument as error:
        principal.problems.append(f"trust policy: {error}")


def _read_document(document: Any, actions: Actions) -> Document:
    statements = parse_document(document).statements
    return Document(tuple(statement for statement in statements if statement.concerned(actions)))


def _rows(entry: Entry, key: str) -> Any:
    """A list that AWS leaves out, or has as null, where it is empty."""
    return entry.get(key) or ()


def _text(entry: Entry, key: str) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise ValueError(key)
    return value


def _add_known_policies(account: Account) -> None:
    """AWS's own policies that matter and that the input lacks: also those that nobody has could be given."""
    arns = [*aws_managed_policies.in_partition_of(account.any_arn)]
    for principal in (*account.principals, *account.groups.values()):
        arns += [*principal.managed, principal.boundary or ""]
    for arn in arns:
        document = aws_managed_policies.of(arn)
        if document is not None and arn not in account.malformed:
            account.policies.setdefault(arn, document)


def _complete(principal: Principal, account: Account) -> None:
    """Adds what it has by its managed policies and its groups."""
    principal.documents |= account.managed_policies_of(principal)
    _note_absent(principal, principal.managed, account)
    for name in principal.groups:
        group = account.groups.get(name)
        if group is None:
            principal.problems.append(f"group {name} is not in the input")
            continue
        principal.problems += group.problems
        principal.documents |= account.policies_of_group(group)
        _note_absent(principal, group.managed, account)
    if principal.boundary:
        _note_absent(principal, [principal.boundary], account)


def _note_absent(principal: Principal, policies: Iterable[str], account: Account) -> None:
    for arn in policies:
        if arn not in account.policies:
            principal.problems.append(account.malformed.get(arn, f"{arn} is not in the input"))
