"""The accounts that a matrix's selectors select, and the ids of its groups and users, read once for each matrix."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from pulumi_aws_identity_center.errors import InvalidInput, refuse
from pulumi_aws_identity_center.matrix.access_matrix import GROUP, USER, AccessMatrix, PrincipalReference
from pulumi_aws_identity_center.matrix.expansion import expand
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet
from pulumi_aws_identity_center.matrix.problems import (
    management_account_problems,
    partition_problems,
    repeated_principals,
    unknown_principal,
)
from pulumi_aws_identity_center.matrix.quotas import quota_problems, quota_warnings
from pulumi_aws_identity_center.matrix.resource_inputs import permission_set_inputs
from pulumi_aws_identity_center.matrix.resource_steps import ASSIGNMENTS_TYPE, PERMISSION_SET_TYPE

from .program import Program
from .provider_resources import Asker, ask_provider
from .stack_state import Rows, outputs_of_type

Pair = tuple[PrincipalReference, str]


@dataclass(frozen=True)
class AccessPlan:
    """accounts: (principal, permission set) → account ids. principal_ids: those that are known by name."""

    accounts: Mapping[Pair, tuple[str, ...]]
    principal_ids: Mapping[PrincipalReference, str]


async def access_plan(
    asker: Asker,
    matrix: AccessMatrix,
    deferred: Mapping[Pair, Sequence[Any]],
    instance: str,
    program: Program,
    may_lock_out: bool,
) -> AccessPlan | None:
    """None if this preview can't ask AWS. Raises InvalidInput with every problem.

    deferred: the account ids that are Outputs. may_lock_out: whether break-glass is open.
    """
    about = {"instanceArn": instance}
    named = [principal for principal in matrix.principals if isinstance(principal.name, str)]
    names = {kind: [principal.name for principal in named if principal.type == kind] for kind in (GROUP, USER)}
    organization, ids, output_ids = await asyncio.gather(
        ask_provider(asker, "getOrganization", {"tags": matrix.needs_tags, "units": matrix.needs_units}),
        ask_provider(asker, "getPrincipals", {**about, "groups": names[GROUP], "users": names[USER]}),
        _known_ids(matrix.principals),
    )
    if "accounts" not in organization or "groups" not in ids:
        return None
    by_kind = {GROUP: ids["groups"], USER: ids["users"]}
    ids_by_principal = {principal: by_kind[principal.type].get(principal.name) for principal in named}
    principal_ids = {principal: id_ for principal, id_ in ids_by_principal.items() if id_ is not None}
    known_ids = {**output_ids, **principal_ids}
    known_organization = Organization(
        tuple(OrganizationAccount(**row) for row in organization["accounts"]),
        frozenset(organization["organizationalUnits"]),
    )
    expansion = expand(matrix, known_organization)
    problems = [
        *expansion.problems,
        *(unknown_principal(principal) for principal in named if principal not in principal_ids),
        *management_account_problems(expansion, known_organization, organization["callerAccountId"]),
        *quota_problems(expansion),
        *partition_problems(matrix.permission_sets, instance),
        *repeated_principals(expansion, known_ids),
    ]
    refuse(problems)
    for sentence in (*map(str, expansion.skipped), *quota_warnings(expansion)):
        pulumi.log.warn(sentence, asker.component)
    accounts = {(row.principal, row.permission_set): row.account_ids for row in expansion.assignments}
    plan = AccessPlan(accounts, principal_ids)
    declared = {
        **about,
        "matrix": await asker.component.urn.future(),
        "mayLockOut": may_lock_out,
        "permissionSets": [await _known_inputs(permission_set) for permission_set in matrix.permission_sets.values()],
        "grants": _declared(await _with_known(accounts, deferred), known_ids),
    }
    state = _in_state(await program.state(), instance)
    # Another matrix may have another provider, which is another process.
    matrices: list[Mapping[str, Any]] = program.shared_by_components("matrices", list)
    earlier = [other for other in matrices if other["instanceArn"] == instance]
    matrices.append(declared)
    judged = await ask_provider(asker, "declareGrants", {**declared, "earlier": earlier, "state": state})
    _judge(asker.component, judged.get("losses", []), may_lock_out)
    return plan


async def _known_ids(principals: Sequence[PrincipalReference]) -> dict[PrincipalReference, str]:
    """The ids that the program gives. An update waits for the ids of new resources; a preview doesn't know them."""
    ids = [await pulumi.Output.from_input(principal.id).future() for principal in principals]
    return {principal: id_ for principal, id_ in zip(principals, ids, strict=True) if isinstance(id_, str)}


async def _with_known(
    accounts: Mapping[Pair, tuple[str, ...]], deferred: Mapping[Pair, Sequence[Any]]
) -> dict[Pair, tuple[str, ...]]:
    """The accounts, with the account ids that are Outputs, as `_known_ids`."""
    result = dict(accounts)
    for pair, outputs in deferred.items():
        ids = [await pulumi.Output.from_input(output).future() for output in outputs]
        result[pair] = (*accounts[pair], *(id_ for id_ in ids if isinstance(id_, str)))
    return result


async def _known_inputs(permission_set: PermissionSet) -> dict[str, Any]:
    """With the names of those that only the update knows: of an argument that isn't known the engine calls nothing."""
    inputs = {**permission_set_inputs(permission_set), "owns": permission_set.owns}
    known = {name: await pulumi.Output.from_input(value).future() for name, value in inputs.items()}
    return {**known, "unknown": [name for name, value in known.items() if value is None]}


def _judge(component: pulumi.Resource, losses: Sequence[Mapping[str, Any]], may_lock_out: bool) -> None:
    """Raises InvalidInput for what certainly locks administrators out, and warns of what may."""
    certain = [f"{loss['sentence']} {loss['remedy']}" for loss in losses if loss["certain"]]
    if certain and not may_lock_out:
        raise InvalidInput(certain)
    for loss in losses:
        pulumi.log.warn(f"{loss['sentence']} {loss['remedy']}", component)


def _declared(accounts: Mapping[Pair, tuple[str, ...]], ids: Mapping[PrincipalReference, str]) -> list[dict[str, Any]]:
    return [
        {
            "permissionSet": permission_set,
            "principalType": principal.type,
            "principalId": ids[principal],
            "principalName": principal.name,
            # One text, because the SDK is slow for each item of a list, and there may be 100,000.
            "accounts": ",".join(account_ids),
        }
        for (principal, permission_set), account_ids in accounts.items()
        if account_ids and principal in ids
    ]


def _in_state(rows: Rows | None, instance: str) -> list[dict[str, Any]]:
    """The instance's permission sets and assignments in the stack's state, as `declareGrants` takes them."""
    return [
        {"urn": urn, "type": type_, "outputs": {**outputs, "accounts": ",".join(outputs.get("accounts", []))}}
        for type_ in (PERMISSION_SET_TYPE, ASSIGNMENTS_TYPE)
        for urn, outputs in outputs_of_type(rows, type_).items()
        if outputs.get("instanceArn") == instance
    ]
