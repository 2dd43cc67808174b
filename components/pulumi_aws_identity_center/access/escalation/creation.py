"""New users and roles that an attacker could create, also as a permission set's, and the calls that this takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.access.permissions import Call
from pulumi_aws_identity_center.iam import ALLOW_ALL

from . import calls, edges
from .additions import NEW_POLICY
from .calls import Way
from .candidates import BOUNDARY_KEY, Candidates
from .identity_center import ASSIGN, FILL, PROVISION

_MOST_NAMES = 2
_UNKNOWN_SETS = (
    "may assign permission sets in the management account, and whether one of them may lock everybody out "
    "isn't told by iam:GetAccountAuthorizationDetails"
)


def possible_principals(account: Account, candidates: Candidates) -> Iterator[Principal]:
    for kind in ("role", "user"):
        names = _names(kind, candidates)
        boundaries = _boundaries(kind, account, candidates) if names else []
        for boundary, arn in product(boundaries, names):
            yield Principal(arn, arn.rpartition("/")[2], kind, boundary=boundary, tags_are_known=True)


def _names(kind: str, candidates: Candidates) -> list[str]:
    """The ARNs of two of the kind, those first to whom most could be given: another name brings nothing more."""
    arns = candidates.new_arns(kind, edges.CREATE[kind], *edges.GIVE_POLICY[kind])
    return sorted(arns, key=partial(candidates.count_giving_actions, kind), reverse=True)[:_MOST_NAMES]


def _boundaries(kind: str, account: Account, candidates: Candidates) -> list[str | None]:
    """None at all, then those that the conditions name and that leave, or could be made to leave, anything: of those
    that there are, and of those that the attacker could create."""
    create = edges.CREATE[kind]
    can_loosen = candidates.may_call_any(
        edges.DELETE_BOUNDARY[kind], edges.PUT_BOUNDARY[kind], edges.CREATE_POLICY_VERSION, edges.SET_DEFAULT_VERSION
    )
    existing = candidates.named_policies(BOUNDARY_KEY, create)
    if not can_loosen:
        existing = [arn for arn in existing if account.policies[arn].statements]
    return [None, *existing, *candidates.new_policies(BOUNDARY_KEY, create)]


def ways_to_create(new: Principal, account: Account) -> Iterator[Way]:
    """A role is assumed by whom it trusts; a user needs credentials."""
    creation: Way = (calls.create_principal(new),)
    if new.boundary is not None and new.boundary not in account.policies:
        creation = (calls.on_resource(edges.CREATE_POLICY, new.boundary), *creation)
    if new.is_role:
        yield creation
        return
    for action in edges.NEW_USER_CREDENTIALS:
        yield (*creation, Call(action, new.arn, (), new))


def role_of_filled_set(account: Account) -> Principal:
    """The role that AWS makes of a permission set that allows everything; its ARN as far as it is known."""
    prefix = account.any_arn.rpartition(":")[0]
    arn = f"{prefix}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_*"
    return Principal(arn, arn.rpartition("/")[2], "role", {NEW_POLICY: ALLOW_ALL})


def ways_to_fill_set(*, is_any_provisioned: bool, is_any_in_doubt: bool) -> Iterator[Way]:
    """is_any_provisioned: whether a permission set has a role in the account. is_any_in_doubt: whether one that isn't
    known may be filled already."""
    for action, fill in product((ASSIGN, PROVISION) if is_any_provisioned else (ASSIGN,), FILL):
        yield Call(action, "*"), Call(fill, "*")
    if is_any_in_doubt:
        yield (Call(ASSIGN, "*", doubt=_UNKNOWN_SETS),)
