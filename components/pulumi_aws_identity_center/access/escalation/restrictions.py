"""The changes that remove a Deny or a permissions boundary from a principal, or replace one by another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal, is_customer_managed
from pulumi_aws_identity_center.access.permissions import Call, Permissions
from pulumi_aws_identity_center.iam import Document

from . import calls, edges
from .calls import Way
from .candidates import BOUNDARY_KEY, Candidates
from .change import Apply, Change, add_policy, exchange, versions_worth_having, with_other_version


def changes_of_policies(permissions: Permissions, account: Account) -> Iterator[Change]:
    """Each policy that it has: its Denies off, or another version of it, of those that there are."""
    for policy, document in permissions.documents.items():
        if document.denies:
            yield from _denies_off(permissions, policy, document, account)
        if is_customer_managed(policy.name):
            versions = account.other_versions(policy.name)
            yield from with_other_version("swap", policy.name, versions, partial(exchange, policy.name))


def _denies_off(permissions: Permissions, policy: HeldPolicy, document: Document, account: Account) -> Iterator[Change]:
    """Rewritten, the rest of the policy stays; taken off, nothing does; left with its group, nothing of the group's."""
    holder = account.groups[policy.group] if policy.group else permissions.principal
    rewriting, removing = _rewriting(policy, holder), _removing(policy, holder)
    leaving = [calls.on_resource(edges.REMOVE_USER_FROM_GROUP, holder.arn)] if policy.group else []
    loses_by_removing = bool(document.allows)
    loses_by_leaving = _group_allows(policy.group, permissions)
    harmless = rewriting + ([] if loses_by_removing else removing) + ([] if loses_by_leaving else leaving)
    without_denies = add_policy(policy, Document(document.allows)) if document.allows else _remove(policy)
    yield Change(("drop", str(policy)), _one_call_each(harmless), without_denies)
    if loses_by_removing:
        yield Change(("remove", str(policy)), _one_call_each(removing), _remove(policy), clean=False)
    if policy.group and loses_by_leaving:
        yield Change(
            ("leave", policy.group),
            _one_call_each(leaving),
            partial(Permissions.without_group, name=policy.group),
            clean=False,
        )


def _rewriting(policy: HeldPolicy, holder: Principal) -> list[Call]:
    if is_customer_managed(policy.name):
        return [calls.on_resource(edges.CREATE_POLICY_VERSION, policy.name)]
    if policy.is_managed or holder.is_protected:
        return []
    return [calls.on_principal(edges.PUT_POLICY, holder)]


def _removing(policy: HeldPolicy, holder: Principal) -> list[Call]:
    if holder.is_protected:
        return []
    if policy.is_managed:
        return [calls.detach_policy(holder, policy.name)]
    return [calls.on_principal(edges.DELETE_POLICY, holder)]


def _group_allows(group: str | None, permissions: Permissions) -> bool:
    """Whether a policy that it has through the group allows something."""
    documents = permissions.documents.items()
    return group is not None and any(document.allows for policy, document in documents if policy.group == group)


def _remove(policy: HeldPolicy) -> Apply:
    return lambda before: before.without_policy(policy)


def _one_call_each(alternatives: list[Call]) -> tuple[Way, ...]:
    return tuple((call,) for call in alternatives)


def changes_of_boundary(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Change]:
    """Its boundary off, or another one: one that allows more, or one that a condition wants it to have."""
    principal = permissions.principal
    is_bound = principal.boundary and permissions.boundary
    if is_bound:
        yield from _boundary_off(principal, account, candidates)
    if not principal.is_protected and candidates.may_call_any(edges.PUT_BOUNDARY[principal.kind]):
        yield from _other_boundaries(principal, account, candidates)


def _boundary_off(principal: Principal, account: Account, candidates: Candidates) -> Iterator[Change]:
    """The boundary says something else, or doesn't apply any more."""
    boundary = principal.boundary or ""
    if is_customer_managed(boundary):
        rewriting = (calls.on_resource(edges.CREATE_POLICY_VERSION, boundary),)
        yield Change(("loosen", boundary), (rewriting,), _bind(boundary, None))
    if not principal.is_protected:
        yield from _unbind(principal)
    yield from with_other_version("swap", boundary, account.other_versions(boundary), partial(exchange, boundary))


def _unbind(principal: Principal) -> Iterator[Change]:
    """No boundary that limits it, from now on."""
    deletion = (calls.on_principal(edges.DELETE_BOUNDARY, principal),)
    yield Change(("unbind", f"of {principal.boundary}"), (deletion,), _bind(None, None))
    boundless = calls.administrator_access(principal)
    yield Change(("unbind", boundless), ((calls.put_boundary(principal, boundless),),), _bind(boundless, None))


def _other_boundaries(principal: Principal, account: Account, candidates: Candidates) -> Iterator[Change]:
    """One that is rewritten first, and one as it is."""
    for action, arn in candidates.own_policies(BOUNDARY_KEY, *edges.PUT_BOUNDARY.values()):
        if arn != principal.boundary:
            way = (calls.on_resource(action, arn), calls.put_boundary(principal, arn))
            yield Change(("rewrite and rebind", arn), (way,), _bind(arn, None))
    named = candidates.named_policies(BOUNDARY_KEY)
    for arn in account.policies if principal.boundary else named:
        if arn != principal.boundary:
            yield from _put_any_version(principal, arn, account, is_named=arn in named)


def _put_any_version(principal: Principal, arn: str, account: Account, *, is_named: bool) -> Iterator[Change]:
    """is_named: whether a condition wants this boundary, whatever it allows."""
    call, document = calls.put_boundary(principal, arn), account.policies[arn]
    if is_named or document.allows:
        yield Change(("rebind", arn), ((call,),), _bind(arn, document), clean=False)
    yield from with_other_version("rebind", arn, versions_worth_having(arn, account), partial(_bind, arn), ((call,),))


def _bind(arn: str | None, document: Document | None) -> Apply:
    return lambda before: before.with_boundary(arn, document)
