"""In which AWS account declared resources are, and whether that is the management account. Pure.

Providers tell: the account of the role that they assume, `allowedAccountIds`, an Account of the same program, ARNs of
what they made; and whoever declares organization resources is in the management account, since only that account can
(docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html). Two providers with the same
credentials and roles are one account: a Region or tags tell nothing. An account that a provider names is taken for a
member account unless it is known to be the management account; `managementAccountId` makes sure. An ARN tells an
account only where the management account's id is known.
Property names: pulumi.com/registry/packages/aws/api-docs/provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE

from .declared import UNKNOWN, Declared, is_partly_unknown
from .resource_types import NATIVE_ORGANIZATION, type_of
from .values import as_list, match_text

ACCOUNT_TYPES = frozenset({"aws:organizations/account:Account", "aws-native:organizations:Account"})
# Only the management account can create these. Not organizations' policies: a delegation policy can let a member.
MANAGEMENT_TYPES = ACCOUNT_TYPES | {
    *(ORGANIZATION_TYPE, NATIVE_ORGANIZATION, SERVICE_ACCESS_TYPE, DELEGATED_ADMINISTRATOR_TYPE),
    *("aws:organizations/organizationalUnit:OrganizationalUnit", "aws-native:organizations:OrganizationalUnit"),
}
PROVIDER_TYPES = frozenset({"pulumi:providers:aws", "pulumi:providers:aws-native"})
_CREDENTIALS = ("accessKey", "secretKey", "token", "profile", "sharedConfigFiles", "sharedCredentialsFiles")
_ROLES = ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity")
_ALLOWED = "allowedAccountIds"
_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/.+")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):.+")


class AccountsOfResources:
    """What a stack's resources tell of their accounts. management_id: configured; owns_organization: the stack is
    configured as one of the management account's."""

    def __init__(
        self, resources: Sequence[Declared], management_id: str = "", *, owns_organization: bool = False
    ) -> None:
        self._owns_organization = owns_organization
        self._providers = {resource.urn: resource for resource in resources if resource.type in PROVIDER_TYPES}
        self._accounts: dict[str, _Account] = {}
        for resource in resources:
            if resource.type.startswith("aws"):
                self._accounts.setdefault(sign_in(resource), _Account(resource)).add(resource)
        managing_ids = {account.id for account in self._accounts.values() if account.manages}
        self.management_ids = ({management_id} | managing_ids | _master_accounts(resources)) - {""}

    def account_id(self, resource: Declared) -> str:
        """The account's id, "" where nothing tells."""
        account_id = self._account_of(resource).id
        if account_id or len(self.management_ids) != 1 or not self.is_management(resource):
            return account_id
        return next(iter(self.management_ids))

    def is_management(self, resource: Declared) -> bool | None:
        """Whether the resource is in the management account; None where nothing tells."""
        account = self._account_of(resource)
        if account.manages:
            return True
        if account.configured:
            return account.configured in self.management_ids
        if self._is_made_here(resource):
            return False
        if self._owns_organization:
            return True  # whatever an ARN says: the first preview knows none, and the second has to judge alike
        return account.by_arn in self.management_ids if account.by_arn and self.management_ids else None

    def is_management_id(self, account: Any, sources: Iterable[str] = ()) -> bool | None:
        """The same of an account id; sources: the URNs of the resources that an unknown id comes from."""
        if isinstance(account, str):
            return account in self.management_ids
        types = {type_of(urn) for urn in sources}
        if types & ACCOUNT_TYPES and ORGANIZATION_TYPE not in types:
            return False
        return True if types == {ORGANIZATION_TYPE} else None

    def is_one_account(self) -> bool:
        resources = [account.resource for account in self._accounts.values()]
        accounts = {self.account_id(resource) or self.is_management(resource) for resource in resources} - {None}
        return len(accounts) <= 1

    def _account_of(self, resource: Declared) -> _Account:
        return self._accounts.get(sign_in(resource)) or _Account(resource)

    def _is_made_here(self, resource: Declared) -> bool:
        provider = self._providers.get(resource.provider_urn)
        if provider is None:
            return False
        sources = [urn for key in (*_ROLES, _ALLOWED) for urn in provider.comes_from.get(key, ())]
        return self.is_management_id(UNKNOWN, sources) is False


class _Account:
    """What the resources with one `sign_in()` tell of their account. manages: only the management account has one of
    them. by_arn: the ARN of an organization or of a member account names the management account
    (docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html#awsorganizations-resources-for-iam-policies)."""

    def __init__(self, resource: Declared) -> None:
        self.resource = resource
        self.configured = configured_account(resource.provider)
        self.by_arn = ""
        self.manages = False

    def add(self, resource: Declared) -> None:
        self.by_arn = self.by_arn or _account_by_arn(resource)
        self.manages |= resource.type in MANAGEMENT_TYPES

    @property
    def id(self) -> str:
        return self.configured or self.by_arn


def sign_in(resource: Declared) -> str:
    """Equal where the providers have the same credentials and roles; one that is partly unknown equals itself only."""
    settings = _settings(resource.provider)
    if is_partly_unknown(settings):
        return resource.provider_urn or resource.urn
    return json.dumps({key: value for key, value in settings.items() if value is not None}, sort_keys=True, default=str)


def configured_account(provider: Mapping[str, Any]) -> str:
    """The account id that a provider names: of the last role that it assumes, or the only one that it allows."""
    settings = _settings(provider)
    accounts = [_account_of_role(settings[key]) for key in _ROLES]
    match settings[_ALLOWED]:
        case [str() as only]:
            accounts.append(only)
    return next(filter(None, accounts), "")


def _account_of_role(roles: Any) -> str:
    """The account of a role, or of the last role of a chain; "" where its ARN doesn't tell."""
    match as_list(roles):
        case [*_, {"roleArn": str() as arn}]:
            named = _ROLE_ARN.fullmatch(arn)
            return named[1] if named else ""
    return ""


def are_two_accounts(one: Declared, other: Declared) -> bool | None:
    """True only where both providers name their accounts and these differ. None: a value isn't known yet."""
    if one.provider_urn and one.provider_urn == other.provider_urn:
        return False
    accounts = configured_account(one.provider), configured_account(other.provider)
    if all(accounts):
        return accounts[0] != accounts[1]
    is_unknown = is_partly_unknown([_settings(one.provider), _settings(other.provider)])
    return None if is_unknown else False


def first_in_same_account(resource: Declared, others: Iterable[Declared]) -> tuple[Declared, bool] | None:
    """The first of the others that may be in the same account, and whether the preview knows that.

    Providers count as one account unless both name theirs: two providers' credentials can belong to the same account.
    """
    in_doubt: Declared | None = None
    for candidate in others:
        differ = are_two_accounts(resource, candidate)
        if differ is False:
            return candidate, True
        if differ is None:
            in_doubt = in_doubt or candidate
    return (in_doubt, False) if in_doubt else None


def _settings(provider: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _read(provider.get(key)) for key in (*_CREDENTIALS, *_ROLES, _ALLOWED)}


def _read(value: Any) -> Any:
    """A provider is configured with texts: lists and objects come as JSON."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, list | dict) else value


def _account_by_arn(resource: Declared) -> str:
    """The account in its own ARN; "" where it has none. An ARN that a program writes may be of another account."""
    key = "policyArn" if resource.type == "aws-native:iam:ManagedPolicy" else "arn"
    named = match_text(_ARN, resource.props.get(key))
    return named[1] if named else ""


def _master_accounts(resources: Iterable[Declared]) -> set[str]:
    organizations = [row.props for row in resources if row.type in (ORGANIZATION_TYPE, NATIVE_ORGANIZATION)]
    ids = [props.get(key) for props in organizations for key in ("masterAccountId", "managementAccountId")]
    return {id_ for id_ in ids if isinstance(id_, str)}
