"""The changes that add permissions to a principal: a policy written or attached, a group joined.

A policy reaches the principal also by its groups, and by groups that it joins or makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal, is_customer_managed
from pulumi_aws_identity_center.access.permissions import Call, Permissions
from pulumi_aws_identity_center.iam import ALLOW_ALL, Document

from . import calls, edges
from .calls import Way
from .candidates import POLICY_KEY, Candidates, WritablePolicy
from .change import Change, add_policy, versions_worth_having, with_other_version

# The policy that allows everything, which a principal writes for itself.
NEW_POLICY = HeldPolicy("*new*")


@dataclass(frozen=True)
class Recipient:
    """A user, role or group: the principal has what is put on it. before, after: the calls that it takes besides."""

    principal: Principal
    before: Way = ()
    after: Way = ()

    def way(self, *steps: Call) -> Way:
        return (*self.before, *steps, *self.after)


def allow_everything(permissions: Permissions, recipients: list[Recipient], candidates: Candidates) -> Change:
    ways = tuple(_ways_to_allow_everything(permissions, recipients, candidates))
    return Change(("raise", ""), ways, add_policy(NEW_POLICY, ALLOW_ALL))


def recipients_of(permissions: Permissions, account: Account, candidates: Candidates) -> list[Recipient]:
    """Itself, its groups, groups that it could join or make."""
    principal = permissions.principal
    recipients = [] if principal.is_protected else [Recipient(principal)]
    recipients += [Recipient(group) for group in account.groups_named(permissions.groups)]
    if candidates.may_add_to_groups(principal):
        recipients += _groups_to_join(permissions, account, candidates)
        recipients += _groups_to_create(candidates)
    return recipients


def _groups_to_join(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Recipient]:
    for group in _joinable(permissions, account, candidates):
        # One that denies something is changed by itself, before it is joined or afterwards.
        denies = account.document_of_group(group).denies
        if not denies and _can_be_given_more(group, candidates):
            yield Recipient(group, after=(calls.add_to_group(group),))


def _groups_to_create(candidates: Candidates) -> Iterator[Recipient]:
    for arn in candidates.new_groups():
        group = Principal(arn, arn.rpartition("/")[2], "group")
        creation = calls.on_resource(edges.CREATE["group"], arn)
        yield Recipient(group, before=(creation,), after=(calls.add_to_group(group),))


def _can_be_given_more(group: Principal, candidates: Candidates) -> bool:
    if candidates.count_giving_actions("group", group.arn):
        return True
    return any(candidates.may_rewrite(arn) for arn in group.managed)


def _ways_to_allow_everything(
    permissions: Permissions, recipients: list[Recipient], candidates: Candidates
) -> Iterator[Way]:
    own_policies = candidates.own_policies(POLICY_KEY, *edges.ATTACH_POLICY.values())
    for recipient in recipients:
        yield from _ways_for_recipient(recipient, own_policies)
    for policy in permissions.documents:
        if is_customer_managed(policy.name):
            yield (calls.on_resource(edges.CREATE_POLICY_VERSION, policy.name),)


def _ways_for_recipient(recipient: Recipient, own_policies: list[WritablePolicy]) -> Iterator[Way]:
    principal = recipient.principal
    yield recipient.way(calls.on_principal(edges.PUT_POLICY, principal))
    yield recipient.way(calls.attach_policy(principal, calls.administrator_access(principal)))
    for action, arn in own_policies:
        yield recipient.way(calls.on_resource(action, arn), calls.attach_policy(principal, arn))
    if not recipient.after:
        return  # the caller rewrites the policies that the principal has already
    for arn in filter(is_customer_managed, principal.managed):
        yield recipient.way(calls.on_resource(edges.CREATE_POLICY_VERSION, arn))


def attachments(
    permissions: Permissions, recipients: list[Recipient], account: Account, candidates: Candidates
) -> Iterator[Change]:
    """One of the policies that there are, where not any may be attached: as it is, or with another default version."""
    recipients = [
        recipient for recipient in recipients if candidates.may_call_any(edges.ATTACH_POLICY[recipient.principal.kind])
    ]
    for arn, problem in account.malformed.items():
        # What can't be read may allow anything.
        ways = _ways_to_attach(recipients, arn, doubt=problem)
        yield Change(("attach", arn), ways, add_policy(NEW_POLICY, ALLOW_ALL), clean=False)
    for policy, document in candidates.attachable_policies:
        if policy not in permissions.documents:
            yield from _attach_any_version(policy, document, recipients, account)


def _attach_any_version(
    policy: HeldPolicy, document: Document, recipients: list[Recipient], account: Account
) -> Iterator[Change]:
    ways = _ways_to_attach(recipients, policy.name)
    if document.allows:
        yield Change(("attach", policy.name), ways, add_policy(policy, document), clean=not document.denies)
    versions = versions_worth_having(policy.name, account)
    yield from with_other_version("attach", policy.name, versions, partial(add_policy, policy), ways)


def _ways_to_attach(recipients: list[Recipient], arn: str, doubt: str = "") -> tuple[Way, ...]:
    return tuple(recipient.way(calls.attach_policy(recipient.principal, arn, doubt)) for recipient in recipients)


def joins(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Change]:
    """The groups that it could join, of those that there are."""
    for group in _joinable(permissions, account, candidates):
        yield from _join(group, account, candidates)


def _joinable(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Principal]:
    """The groups that it isn't in, and that it could be added to, as far as names tell."""
    if not candidates.may_add_to_groups(permissions.principal):
        return
    for group in account.groups.values():
        if not permissions.is_in(group) and candidates.may_name(edges.ADD_USER_TO_GROUP, group.arn):
            yield group


def _join(group: Principal, account: Account, candidates: Candidates) -> Iterator[Change]:
    problem = "; ".join(account.problems_of_group(group))
    if problem:
        # What can't be read may allow anything.
        way = (calls.add_to_group(group, doubt=problem),)
        allow_all = add_policy(NEW_POLICY, ALLOW_ALL)
        yield Change(("join what can't be read", group.name), (way,), allow_all, clean=False)
    documents = candidates.policies_of_group(group)
    denies = any(document.denies for document in documents.values())
    allows = any(document.allows for document in documents.values())
    could_allow = (denies and _can_be_given_more(group, candidates)) or _had_something(group, account)
    if allows or could_allow:
        way = (calls.add_to_group(group),)
        after = partial(Permissions.with_group, name=group.name, documents=documents)
        yield Change(("join", group.name), (way,), after, clean=not denies)


def _had_something(group: Principal, account: Account) -> bool:
    """Whether another version of one of the group's policies allows something."""
    return any(versions_worth_having(arn, account) for arn in group.managed)
