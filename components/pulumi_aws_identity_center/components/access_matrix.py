"""`AccessMatrix`: permission sets and their account assignments.

Declares one resource for each permission set, and one for each (principal, permission set). So a program's resources
don't depend on the organization. The accounts that the SELECTORs select are Outputs (`access_plan.py`). `matrix/`
defines the SELECTORs.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
import itertools
from collections.abc import Mapping
from typing import Any, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.domain.break_glass import is_open, shown_while_open
from pulumi_aws_identity_center.errors import NotPossibleHere, collected, refuse
from pulumi_aws_identity_center.matrix.access_matrix import KEYS, PrincipalReference, parse_access_matrix
from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix as Matrix
from pulumi_aws_identity_center.matrix.resource_inputs import permission_set_inputs
from pulumi_aws_identity_center.matrix.resource_steps import MATRIX_TYPE

from .access_plan import AccessPlan, access_plan
from .access_problems import usable_matrix, with_problems_in_aws
from .aliases import with_checked_aliases
from .arguments import is_deferred, read_arguments, spelled_as_keys
from .blocking import known_or_unknown
from .own_provider import own_provider
from .program import current_program
from .provider_resources import AccountAssignments, Asker, ExclusiveAssignments, PermissionSet, ask_provider
from .resource_options import outputs_of
from .trusted_access import BreakGlassArgs
from .user_errors import plain_errors


class AccessMatrixArgs(TypedDict, total=False):
    """Permission sets, and who has which where. docs/access-matrix.md explains the keys."""

    permissionSets: Optional[dict[str, Any]]
    """By name: description, sessionDuration, relayState, managedPolicies, customerManagedPolicies, inlinePolicy, permissionsBoundary, tags, owns."""  # noqa: E501 - the analyzer takes one line
    assignments: Optional[list[Any]]
    """A list of objects with groups, users, permissionSets and accounts (a SELECTOR)."""
    instanceArn: Optional[pulumi.Input[str]]
    """The instance's ARN. Default: the organization instance in the provider's Region."""
    breakGlass: Optional[BreakGlassArgs]
    """While this is open, a change may take the last administrator's access away."""


class AccessMatrix(pulumi.ComponentResource):
    """Permission sets, and who has which in which account."""

    permission_set_arns: pulumi.Output[dict[str, str]]
    """The ARN of each permission set, by its name."""
    grants: pulumi.Output[int]
    """How many (principal, permission set, account) there are."""

    def __init__(
        self,
        name: str,
        args: AccessMatrixArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        with plain_errors(), with_problems_in_aws(lambda: usable_matrix(args, ""), opts):
            arguments, matrix = _read(args)
            given_instance, break_glass = arguments.get("instanceArn"), arguments.get("breakGlass")
            opts = with_checked_aliases(opts, MATRIX_TYPE, name)
        super().__init__(MATRIX_TYPE, name, shown_while_open(break_glass), opts)
        with plain_errors():
            self._asker = Asker(self, own_provider(self, name))
        self._program = current_program()
        self._arn = self._instance(given_instance)
        self._deferred = _deferred_accounts(matrix)
        optional_plan: pulumi.Output[AccessPlan | None] = self._arn.apply(
            lambda arn: self._plan(matrix, arn, is_open(break_glass))
        )
        plan: pulumi.Output[AccessPlan] = optional_plan.apply(known_or_unknown)
        sets = self._permission_sets(name, matrix)
        self._principal_ids = {principal: _principal_id(plan, principal) for principal in matrix.principals}
        labels = _labels(matrix)
        declared = {
            (principal, set_name): self._assignments(
                f"{name}/{set_name}/{labels[principal]}", matrix, (principal, set_name), sets, plan
            )
            for principal, set_name in _pairs(matrix)
        }
        self._exclusive_assignments(name, matrix, sets, declared)
        arns: Any = {set_name: permission_set.arn for set_name, permission_set in sets.items()}
        self.permission_set_arns = pulumi.Output.from_input(arns)
        self.grants = _count_grants(plan, {pair: declared[pair] for pair in self._deferred})
        self.register_outputs(outputs_of(self, AccessMatrix))

    def _instance(self, given: Optional[pulumi.Input[str]]) -> pulumi.Output[str]:
        async def find() -> Optional[str]:
            instance = await ask_provider(self._asker, "getInstance", {})
            with plain_errors():
                if instance and not instance.get("instanceArn"):
                    raise NotPossibleHere(
                        "There is no organization instance of IAM Identity Center in this Region. Configure the "
                        "instance's home Region (aws:region or AWS_REGION), or enable it in the console."
                    )
            return instance.get("instanceArn")

        if given is not None:
            return pulumi.Output.from_input(given)
        arn: pulumi.Output[str | None] = pulumi.Output.from_input(find())
        known_arn: pulumi.Output[str] = arn.apply(known_or_unknown)
        return known_arn

    async def _plan(self, matrix: Matrix, instance: str, may_lock_out: bool) -> Optional[AccessPlan]:
        with plain_errors():
            if not instance:
                raise NotPossibleHere(
                    "There is no instance of Identity Center yet, so no permission set can be declared: enable it, or "
                    "leave accessMatrix out until then."
                )
            return await access_plan(self._asker, matrix, self._deferred, instance, self._program, may_lock_out)

    def _permission_sets(self, name: str, matrix: Matrix) -> dict[str, PermissionSet]:
        return {
            set_name: PermissionSet(
                f"{name}/{set_name}",
                {"instanceArn": self._arn, **permission_set_inputs(permission_set)},
                pulumi.ResourceOptions(parent=self, provider=self._asker.provider),
            )
            for set_name, permission_set in matrix.permission_sets.items()
        }

    def _assignments(
        self,
        name: str,
        matrix: Matrix,
        pair: tuple[PrincipalReference, str],
        sets: dict[str, PermissionSet],
        plan: pulumi.Output[AccessPlan],
    ) -> AccountAssignments:
        principal, set_name = pair
        accounts: pulumi.Output[list[str]] = plan.apply(lambda ready: list(ready.accounts[pair]))
        if pair in self._deferred:
            # The provider refuses what is no account id, and takes each once.
            accounts = pulumi.Output.all(accounts, *self._deferred[pair]).apply(lambda ids: [*ids[0], *ids[1:]])
        return AccountAssignments(
            name,
            {
                "instanceArn": self._arn,
                "permissionSetArn": sets[set_name].arn,
                "principalType": principal.type,
                "principalId": self._principal_ids[principal],
                "principalName": principal.name,
                "accounts": accounts,
                "owns": matrix.permission_sets[set_name].owns,
            },
            pulumi.ResourceOptions(parent=self, provider=self._asker.provider),
        )

    def _exclusive_assignments(
        self,
        name: str,
        matrix: Matrix,
        sets: Mapping[str, PermissionSet],
        declared: Mapping[tuple[PrincipalReference, str], AccountAssignments],
    ) -> None:
        """They depend on the grants: somebody keeps the permission set in an account while others lose it."""
        owned = [
            set_name for set_name, permission_set in matrix.permission_sets.items() if permission_set.owns == "all"
        ]
        for owned_name in owned:
            grants = {principal: grant for (principal, set_name), grant in declared.items() if set_name == owned_name}
            ExclusiveAssignments(
                f"{name}/{owned_name}",
                {
                    "instanceArn": self._arn,
                    "permissionSetArn": sets[owned_name].arn,
                    "principalIds": [self._principal_ids[principal] for principal in grants],
                },
                pulumi.ResourceOptions(parent=self, provider=self._asker.provider, depends_on=list(grants.values())),
            )


def _read(args: Any) -> tuple[Mapping[str, Any], Matrix]:
    """The arguments, parsed, and the matrix in them. Raises InvalidInput with the problems of both."""
    problems: list[str] = []
    arguments: Mapping[str, Any] = spelled_as_keys(args, KEYS) if isinstance(args, Mapping) else {}
    with collected(problems):
        arguments = read_arguments(args, AccessMatrixArgs)
    parts = {key: arguments[key] for key in KEYS if key in arguments}
    with collected(problems):
        matrix = parse_access_matrix(arguments.get("matrix", parts), is_deferred=is_deferred)
        _refuse_deferred_names(matrix)
    refuse(problems)
    return arguments, matrix


def _pairs(matrix: Matrix) -> list[tuple[PrincipalReference, str]]:
    """Each (principal, permission set) once, sorted by permission set: the engine refreshes neighbours in its state at
    the same time, and the provider reads a principal once."""
    pairs = [
        pair
        for assignment in matrix.assignments
        for pair in itertools.product(assignment.principals, assignment.permission_sets)
    ]
    place = {set_name: number for number, set_name in enumerate(matrix.permission_sets)}
    return sorted(dict.fromkeys(pairs), key=lambda pair: place[pair[1]])


def _count_grants(
    plan: pulumi.Output[AccessPlan], deferred: Mapping[tuple[PrincipalReference, str], AccountAssignments]
) -> pulumi.Output[int]:
    """deferred: the resources with an account id that only the update knows. The others are counted in the plan,
    because the SDK would make an Output of each account of a list, which took a third of the program's CPU."""
    planned: pulumi.Output[int] = plan.apply(
        lambda ready: sum(len(ids) for pair, ids in ready.accounts.items() if pair not in deferred)
    )
    return pulumi.Output.all(planned, *(grant.accounts for grant in deferred.values())).apply(
        lambda counts: counts[0] + sum(len(accounts) for accounts in counts[1:])
    )


def _principal_id(plan: pulumi.Output[AccessPlan], principal: PrincipalReference) -> pulumi.Output[Any]:
    return plan.apply(lambda ready: ready.principal_ids.get(principal, principal.id))


def _deferred_accounts(matrix: Matrix) -> dict[tuple[PrincipalReference, str], list[pulumi.Output[str]]]:
    """The account ids that only the update knows, of those (principal, permission set) that have any."""
    deferred: dict[tuple[PrincipalReference, str], list[pulumi.Output[str]]] = {}
    for assignment in matrix.assignments:
        ids = list(filter(is_deferred, assignment.accounts.ids))
        pairs = itertools.product(assignment.principals, assignment.permission_sets) if ids else ()
        for pair in pairs:
            deferred.setdefault(pair, []).extend(ids)
    return deferred


def _refuse_deferred_names(matrix: Matrix) -> None:
    """Refuses them, because a resource needs its name in the preview."""
    problems = [
        f"{assignment.key} names a {principal.type.lower()} by an Output; give {{id: …}} with its id instead."
        for assignment in matrix.assignments
        for principal in assignment.principals
        if is_deferred(principal.name)
    ]
    refuse(problems)


def _labels(matrix: Matrix) -> dict[PrincipalReference, str]:
    """Each principal's part of a resource's name. Ids that only the update knows are numbered."""
    labels = {}
    deferred = 0
    for principal in matrix.principals:
        text = principal.id if principal.name is None else principal.name
        if is_deferred(text):
            deferred += 1
            text = f"#{deferred}"
        labels[principal] = f"{principal.type.lower()}:{text}"
    return labels
