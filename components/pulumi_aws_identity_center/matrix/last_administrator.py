"""Would a change take away the last grant by which anybody administers, or all grants of who runs it? Pure.

Grants that neither side of the change shows (another stack's, an IAM user's) are not seen: whoever calls passes as much
as it knows. A group counts whether or not it has members.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pulumi_aws_identity_center.errors import first_of
from pulumi_aws_identity_center.iam.ternary import Truth, disj

from .administration import Administration, administers
from .grants import Grant
from .permission_set import PermissionSet

# docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html: the role of a permission set is
# AWSReservedSSO_NAME_SUFFIX, and the session has the user's name.
_SSO_SESSION = re.compile(r"arn:[^:]+:sts::(\d{12}):assumed-role/AWSReservedSSO_(.+)_[0-9a-f]{16}/(.+)")


@dataclass(frozen=True)
class AccessState:
    """Who has what before or after a change. permission_sets: by the name that the grants use; a grant of one that is
    missing here can't be judged."""

    grants: Collection[Grant]
    permission_sets: Mapping[str, PermissionSet]

    def administrators(self, what: Administration, accounts: Collection[str] | None) -> list[tuple[Grant, Truth]]:
        """Each grant in these accounts (None: in any), and whether it administers it."""
        truths = {name: administers(permission_set, what) for name, permission_set in self.permission_sets.items()}
        grants = self.grants if accounts is None else [grant for grant in self.grants if grant.account in accounts]
        return [(grant, truths.get(grant.permission_set)) for grant in grants]

    def principals_with(self, permission_set: str, account: str) -> set[tuple[str, str]]:
        """The keys of those who have the permission set in the account."""
        place = (permission_set, account)
        return {grant.principal.key for grant in self.grants if (grant.permission_set, grant.account) == place}


@dataclass(frozen=True)
class Operator:
    """Who runs it, signed in through Identity Center. Which groups the user is in isn't known."""

    account: str
    permission_set: str
    user_name: str


@dataclass(frozen=True)
class Loss:
    """certain: False where what remains can't be judged. sentence: what is wrong, and what would happen. grants: those
    that administer it before the change, or may; none for a loss of who runs it."""

    certain: bool
    sentence: str
    remedy: str
    grants: tuple[Grant, ...] = ()


_LAST = "It takes away the last grants that administer "
_OPERATORS = "It takes away every grant of "
_KEEP = "Keep one such grant, give it to somebody else in the same update, or open break-glass to do it on purpose."
_CHECK = "Check that somebody who remains is an administrator, or keep one of these grants."


def find_losses(
    before: AccessState,
    after: AccessState,
    management_account: str | None,
    delegated_administrator: str | None = None,
    operator: Operator | None = None,
) -> list[Loss]:
    """Each way in which the change locks administrators out; none if it is fine.

    management_account: None where it isn't known: any account may be it.
    """
    accounts = _accounts_of_administration(management_account, delegated_administrator)
    losses = [_administration_loss(what, before, after, accounts.get(what)) for what in Administration]
    if operator is not None:
        losses.append(_operator_loss(before, after, operator))
    return list(filter(None, losses))


def is_refusal(message: str) -> bool:
    """Whether a preview's error is AccessMatrix's refusal of such a change: its losses, a line each."""
    lines = [line.removeprefix("error: ").removeprefix("- ") for line in message.splitlines()]
    return bool(lines) and all(line.startswith((_LAST, _OPERATORS)) for line in lines)


def operator_from_arn(caller_arn: str) -> Operator | None:
    """From sts:GetCallerIdentity; None for who didn't sign in through Identity Center."""
    match = _SSO_SESSION.fullmatch(caller_arn)
    return Operator(match[1], match[2], match[3]) if match else None


def accounts_that_decide(management: str, delegated: str | None, operator: Operator | None) -> set[str]:
    """Those whose grants `find_losses` asks for."""
    return {management, delegated or management, operator.account if operator else management}


def _accounts_of_administration(management: str | None, delegated: str | None) -> dict[Administration, set[str]]:
    """Where each is administered; none for what any account may administer."""
    if management is None:
        return {}
    return {
        Administration.MANAGEMENT_ACCOUNT: {management},
        Administration.IDENTITY_CENTER: {management, delegated or management},
    }


# (whether it is administered before, whether it is after) → what isn't certain. All other changes lose nobody.
_DOUBTS: Mapping[tuple[Truth, Truth], str] = {
    (True, False): "",
    (True, None): "whether one that remains does depends on policies that can't be read here",
    (None, False): "whether they were the last depends on policies that can't be read here",
}


def _administration_loss(
    what: Administration, before: AccessState, after: AccessState, accounts: Collection[str] | None
) -> Loss | None:
    had = before.administrators(what, accounts)
    is_administered = disj(truth for _, truth in had)
    remains = disj(truth for _, truth in after.administrators(what, accounts))
    doubt = _DOUBTS.get((is_administered, remains))
    if doubt is None:
        return None
    grants = tuple(grant for grant, truth in had if truth is not False)
    names = names_of(grants)
    if not doubt:
        return Loss(True, f"{_LAST}{what.value}: those of {names}.", _KEEP, grants)
    sentence = f"It takes away grants that may administer {what.value}, those of {names}; {doubt}."
    return Loss(False, sentence, _CHECK, grants)


def names_of(grants: Iterable[Grant]) -> str:
    """The first three in words, and how many more."""
    names = sorted(f"{grant.principal} ({grant.permission_set} in {grant.account})" for grant in grants)
    return first_of(names, 3)


def _operator_loss(before: AccessState, after: AccessState, operator: Operator) -> Loss | None:
    """Only the permission set of the session tells."""
    has = before.principals_with(operator.permission_set, operator.account)
    keeps = after.principals_with(operator.permission_set, operator.account)
    if has <= keeps:
        return None
    where = f"{operator.permission_set} in {operator.account}, by which {operator.user_name} runs it"
    if not keeps:
        return Loss(True, f"{_OPERATORS}{where}.", _KEEP)
    return Loss(
        False, f"It takes away some of the grants of {where}; whether {operator.user_name} keeps one is unknown.", _KEEP
    )
