"""One update of account assignments: it grants, then revokes what is replaced, then writes the state.

A former principal keeps the permission set in an account where the new one didn't get it, or nobody else has it yet:
with the last assignment AWS deletes the role there (`declared.py`). The state has these grants as `leftovers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from pulumi_aws_identity_center.aws.assignments import Grant, Order
from pulumi_aws_identity_center.aws.provider_client import CallFailed

from .assignment_changes import Changes, Principal, changes_of, holder, label, leftover_rows, leftovers_of, make_grants
from .assignment_work import AssignmentWork
from .resource_type import Properties, Refused
from .run import Instance, Report, Run
from .successors import defer_revocations, find_missing_successors, has_successor

_NO_SUCCESSOR = "not revoked, since its successor could not be granted"


class AssignmentUpdate:
    """failures: the orders that are not done, with the reason."""

    def __init__(self, run: Run, instance: Instance, state: Properties, news: Properties, report: Report) -> None:
        """state: empty for a new resource. Raises Refused, and CallFailed."""
        self._run, self._instance, self._news, self._report = run, instance, news, report
        self._work = AssignmentWork(run, instance, report)
        self._arn, self._principal = str(news["permissionSetArn"]), holder(news)
        self._changes = self._changes_from(state)
        self._not_granted: frozenset[str] = frozenset()
        self.failures: dict[Order, str] = {}

    def _changes_from(self, state: Properties) -> Changes:
        principals = {self._principal, *leftovers_of(state), *([holder(state)] if state else [])}
        holdings = self._instance.holdings
        assigned = {principal: holdings.accounts(self._arn, principal) for principal in principals}
        gone = {principal for principal in principals if holdings.is_gone(principal)}
        if self._principal in gone:
            raise Refused(f"{label(self._news)} is not in the identity store: correct principalId.")
        return changes_of(state, self._news, assigned, gone)

    def apply(self) -> dict[str, Any]:
        """The new state: what AWS has now."""
        self.failures = self._work.run("create", make_grants(self._news, self._principal, self._changes.grants))
        self._not_granted = frozenset(order.grant.account for order in self.failures)
        self._revoke()
        owned = {*self._news["accounts"], *self._changes.revocations.get(self._principal, ())}
        accounts = sorted(self._instance.holdings.accounts(self._arn, self._principal) & owned)
        leftovers = leftover_rows(self._leftovers())
        return {**self._news, "accounts": accounts, **({"leftovers": leftovers} if leftovers else {})}

    def _revoke(self) -> None:
        """Raises nothing: what is granted by now has to be in the state, whatever AWS refuses to tell."""
        self._wait_for_swaps()
        grants = self._wanted_revocations()
        try:
            grants = self._without_missing_successors(grants) + self._possible_by_now()
            self.failures |= self._work.revoke(grants)
        except CallFailed as error:
            self._note(dict.fromkeys(grants, str(error)))

    def _note(self, reasons: Mapping[Grant, str]) -> None:
        """Why these are not revoked."""
        self.failures |= {Order("delete", self._instance.arn, grant): reason for grant, reason in reasons.items()}

    def _former(self) -> dict[Principal, frozenset[str]]:
        """The earlier principals that lose the permission set, and where."""
        return {who: accounts for who, accounts in self._changes.revocations.items() if who != self._principal}

    def _wait_for_swaps(self) -> None:
        """Two resources may have swapped their principals: the other one then declares the former of this."""
        for principal in self._former():
            if not self._instance.holdings.is_gone(principal):
                self._run.declared.wait_for_principal(self._arn, principal)

    def _wanted_revocations(self) -> list[Grant]:
        """Of former principals, those that no other resource declares, where the new one has taken the place."""
        grants: list[Grant] = []
        for principal, accounts in self._former().items():
            declared = self._run.declared.accounts(self._arn, principal)
            grants += self._grants(principal, accounts - self._not_granted - declared)
        return grants + self._grants(self._principal, self._changes.revocations.get(self._principal, ()))

    def _grants(self, principal: Principal, accounts: Iterable[str]) -> list[Grant]:
        return make_grants(self._news, principal, accounts)

    def _without_missing_successors(self, wanted: list[Grant]) -> list[Grant]:
        """Those after which somebody has the role: it must not go, to be made again by the next grant."""
        missing = find_missing_successors(self._run, self._instance, wanted)
        failed = {order.grant.account for order in self._work.run("create", missing.grants)}
        kept = {grant: _NO_SUCCESSOR for grant in wanted if grant.account in failed}
        kept |= defer_revocations(self._run, label(self._news), missing.deferred, self._report)
        self._note(kept)
        return [grant for grant in wanted if grant not in kept]

    def _possible_by_now(self) -> list[Grant]:
        """What was deferred, by any resource, until somebody else has the permission set."""
        grants = self._run.deferred.take(self._arn, partial(has_successor, self._run, self._instance))
        for grant in grants:
            self.failures.pop(Order("delete", self._instance.arn, grant), None)
        return grants

    def _leftovers(self) -> dict[Principal, frozenset[str]]:
        """What former principals still have, for the next update to revoke."""
        not_revoked = {order.grant for order in self.failures if order.action == "delete"}
        leftovers: dict[Principal, frozenset[str]] = {}
        for principal, accounts in self._former().items():
            still = {grant.account for grant in self._grants(principal, accounts) if grant in not_revoked}
            leftovers[principal] = (accounts & self._not_granted) | still
        return leftovers
