"""The account's IAM, read from AWS page by page; no more than a page's entries are in memory. Three calls and the
further pages: the caller, the organization, the authorization details.

After an error the account keeps the entries read so far, and is marked as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from pulumi_aws_identity_center.aws.calls import ask
from pulumi_aws_identity_center.aws.client import Account as Aws
from pulumi_aws_identity_center.aws.client import open_account
from pulumi_aws_identity_center.aws.concurrency import Clock, Question
from pulumi_aws_identity_center.aws.progress import Progress, silent
from pulumi_aws_identity_center.aws.results import NOT_IN_ORGANIZATION, Answer
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.errors import IdentityCenterError

from .account import Account
from .authorization_details import read_account

_ACTION = "iam:GetAccountAuthorizationDetails"


class NotManagementAccount(IdentityCenterError):
    """Nobody in a member account can lock the organization out: asking about it there would mislead."""


class NotReadable(IdentityCenterError):
    """AWS didn't answer."""


def live(
    profile: str | None,
    region: str | None,
    actions: Iterable[str],
    seconds: float = 600,
    progress: Progress = silent,
) -> Account:
    """What isn't read in time is named as missing. Raises NotManagementAccount and NotReadable."""
    clock = Clock(seconds)
    opened = open_account(SignIn(region, profile))
    if opened.value is None:
        raise _not_readable(opened)
    request_keys, unsure = _organization(opened.value, clock)
    pages = _Pages(opened.value, clock, progress)
    account = read_account(pages, actions)
    account.known = request_keys
    if pages.error is not None:
        if not pages.count:
            raise _not_readable(pages.error)
        account.incomplete = _unread("Reading the account's IAM broke off", pages.error)
    key = _instance_key(opened.value, clock)
    account.instance_key = key.arn
    account.lacks = unsure or key.unread
    return account


class _InstanceKey(NamedTuple):
    """arn: "" if the instance has no customer managed key. unread: why that couldn't be read; "" if it could."""

    arn: str = ""
    unread: str = ""


def _instance_key(aws: Aws, clock: Clock) -> _InstanceKey:
    """The organization's instance's. Whoever may disable that key ends sign-in as well."""
    instances = Question(clock, aws.instances).answer()
    if instances.value is None:
        return _InstanceKey(unread=_unread(_NO_KEY, instances))
    for row in instances.value:
        where = str(row["InstanceArn"]), str(row.get("PrimaryRegion") or aws.region)
        described = Question(clock, partial(aws.status, *where)).answer()
        if described.value is None:
            return _InstanceKey(unread=_unread(_NO_KEY, described))
        if arn := _customer_managed_key(described.value):
            return _InstanceKey(arn)
    return _InstanceKey()


def _customer_managed_key(instance: Mapping[str, Any]) -> str:
    """Its ARN; "" if the instance has AWS's own key."""
    encryption = instance.get("EncryptionConfigurationDetails") or {}
    is_customer_managed = encryption.get("KeyType") == "CUSTOMER_MANAGED_KEY"
    return str(encryption.get("KmsKeyArn") or "") if is_customer_managed else ""


def _unread(what: str, answer: Answer[Any]) -> str:
    return f"{what}: {answer.explanation}. {answer.remedy}"


_NO_KEY = "Whether the Identity Center instance has a customer managed key could not be read"


def _organization(aws: Aws, clock: Clock) -> tuple[dict[str, str], str]:
    """What an organization adds to each request; and why nobody can tell whether this is its management account, ""
    if it is, or if there is no organization."""
    organization = Question(clock, aws.organization).answer()
    caller = Question(clock, aws.caller).answer()
    if organization.code == NOT_IN_ORGANIZATION:
        return {}, ""
    if organization.value is None or caller.value is None:
        unread = caller if organization.value else organization
        return {}, _unread(_NOT_SURE, unread)
    management = str(organization.value["MasterAccountId"])
    if caller.value["Account"] != management:
        raise NotManagementAccount(
            f"These credentials are of the member account {caller.value['Account']}, where nobody can lock the "
            f"organization out; use credentials of the management account {management}."
        )
    # reference_policies_condition-keys.html: each call by one of the organization's own principals has it.
    return {"aws:PrincipalOrgID": str(organization.value["Id"])}, ""


_NOT_SURE = "Whether this is the organization's management account could not be read"


class _Pages:
    """error: why reading stopped early."""

    def __init__(self, aws: Aws, clock: Clock, progress: Progress) -> None:
        self._aws, self._clock, self._progress, self.count = aws, clock, progress, 0
        self.error: Answer[Any] | None = None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        pages = self._aws.authorization_pages()
        while (answer := Question(self._clock, lambda: ask(lambda: next(pages, {}), _ACTION)).answer()).value:
            self.count += 1
            self._progress("pages of the account's IAM", self.count, None)
            yield answer.value
        self.error = None if answer.ok else answer


def _not_readable(answer: Answer[Any]) -> NotReadable:
    return NotReadable(_unread("Could not read the account's IAM", answer))
