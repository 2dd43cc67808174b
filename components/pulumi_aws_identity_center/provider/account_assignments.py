"""The resource `aws-identity-center:index:AccountAssignments`: the accounts in which one group or user has one
permission set.

Its state is what AWS has, not what was asked for: after a failure in some accounts the next update does the rest. Its
id is "PRINCIPAL ID,PRINCIPAL TYPE,PERMISSION SET ARN,INSTANCE ARN". An update is `assignment_update.py`'s; how its
orders reach AWS is `aws/assignment_queue.py`'s.
"""

from __future__ import annotations

import re

from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.domain.values import ACCOUNT
from pulumi_aws_identity_center.errors import count, shown
from pulumi_aws_identity_center.names import PACKAGE

from .assignment_changes import Principal, difference, holder, label, leftover_rows, leftovers_of, make_grants
from .assignment_update import AssignmentUpdate
from .assignment_work import AssignmentWork, failure_reasons, shorten_accounts
from .inputs import INSTANCE_ARN, PERMISSION_SET_ARN, Input, input_problems
from .resource_type import Difference, Found, Made, Properties, Refused
from .run import Instance, Report, Run
from .values import has_unknown

PRINCIPAL_TYPES = ("GROUP", "USER")
INPUTS = {
    "instanceArn": INSTANCE_ARN,
    "permissionSetArn": PERMISSION_SET_ARN,
    "principalType": Input("GROUP or USER", re.compile("GROUP|USER")),
    "principalId": Input("the id of a group or user"),
    "principalName": Input("the name of a group or user", is_required=False),
    "accounts": Input("an account id, 12 digits in quotes", ACCOUNT, is_list=True),
    "owns": Input("all or listed", re.compile("all|listed"), is_required=False),
}


class AccountAssignmentsType:
    token = f"{PACKAGE}:index:AccountAssignments"

    def check(self, run: Run, urn: str, inputs: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        problems = input_problems(inputs, INPUTS) or _claim(run, urn, inputs)
        checked = {name: value for name, value in inputs.items() if name in INPUTS and value is not None}
        accounts = checked.get("accounts")
        if isinstance(accounts, list) and not has_unknown(accounts) and not problems:
            checked["accounts"] = sorted(set(accounts))
        return {**checked, "owns": checked.get("owns", "all")}, problems

    def diff(self, run: Run, state: Properties, news: Properties) -> Difference:
        return difference(state, news)

    def preview_create(self, run: Run, news: Properties, report: Report) -> Properties:
        self._warn_of_unlisted(run, {}, news, report)
        return dict(news)

    def _warn_of_unlisted(self, run: Run, state: Properties, news: Properties, report: Report) -> None:
        """What is taken away beside the state's accounts is in no diff: that is all of a new resource or principal's,
        and what was granted elsewhere while the state didn't own it."""
        if news["owns"] != "all" or not _is_known(news) or has_unknown(news["accounts"]):
            return
        account_ids = run.instance(news["instanceArn"]).holdings.accounts(news["permissionSetArn"], holder(news))
        in_state = state["accounts"] if state and holder(state) == holder(news) else ()
        unlisted = sorted(account_ids - set(news["accounts"]) - set(in_state))
        if unlisted:
            report.warn(
                f"{label(news)} has this permission set in {count(len(unlisted), 'account')} beside those listed "
                f'({shorten_accounts(unlisted)}); owns is "all", so the update takes it away there. Set owns to '
                '"listed" to leave it.'
            )

    def preview_update(self, run: Run, state: Properties, news: Properties, report: Report) -> Properties:
        self._warn_of_unlisted(run, state, news, report)
        return dict(news)

    def create(self, run: Run, news: Properties, report: Report) -> Made:
        return self._apply(run, {}, news, report)

    def update(self, run: Run, id_: str, state: Properties, news: Properties, report: Report) -> Made:
        return self._apply(run, state, news, report)

    def read(self, run: Run, id_: str, state: Properties, inputs: Properties) -> Found | None:
        if not state:
            return self._import(run, id_)
        instance, principal = run.instance(state["instanceArn"]), holder(state)
        owned = self._owned_in_aws(run, instance, state)
        account_ids = owned.pop(principal)
        if state.get("owns") != "listed" and not instance.holdings.is_gone(principal):
            account_ids = frozenset(instance.holdings.accounts(state["permissionSetArn"], principal))
        accounts, leftovers = sorted(account_ids), leftover_rows(owned)
        properties = {**state, "accounts": accounts, "leftovers": leftovers}
        if not leftovers:
            del properties["leftovers"]
        return Found(_id(properties), properties, {**inputs, "accounts": accounts})

    def delete(self, run: Run, id_: str, state: Properties, report: Report) -> None:
        instance = run.instance(state["instanceArn"])
        revoked = [
            grant
            for principal, accounts in self._owned_in_aws(run, instance, state).items()
            # What another resource of this run declares stays, after a rename for example.
            for grant in make_grants(
                state, principal, accounts - run.declared.accounts(state["permissionSetArn"], principal)
            )
        ]
        failures = AssignmentWork(run, instance, report).revoke(revoked)
        if failures:
            raise Refused("\n".join(failure_reasons(failures)) + "\nThe next update tries those again.")

    def _owned_in_aws(self, run: Run, instance: Instance, state: Properties) -> dict[Principal, frozenset[str]]:
        """The accounts in the state that AWS still has, of the principal and of earlier ones. AWS keeps the assignments
        of a group that was deleted, and doesn't list them by that group."""
        owned = {**leftovers_of(state), holder(state): frozenset(state["accounts"])}
        for principal, accounts in owned.items():
            assigned = instance.holdings.accounts(state["permissionSetArn"], principal)
            is_gone = instance.holdings.is_gone(principal)
            owned[principal] = accounts - run.inactive_accounts() if is_gone else accounts & assigned
        return owned

    def _apply(self, run: Run, state: Properties, news: Properties, report: Report) -> Made:
        update = AssignmentUpdate(run, run.instance(news["instanceArn"]), state, news, report)
        properties = update.apply()
        return Made(_id(properties), properties, tuple(failure_reasons(update.failures)))

    def _import(self, run: Run, id_: str) -> Found | None:
        parts = id_.split(",")
        if len(parts) != 4 or parts[1] not in PRINCIPAL_TYPES:
            raise Refused(f"{shown(id_)} is no account assignments: {_ID_FORM}.")
        principal_id, kind, permission_set, instance_arn = parts
        instance = run.instance(instance_arn)
        accounts = sorted(instance.holdings.accounts(permission_set, (kind, principal_id)))
        if not accounts:
            return None
        inputs = {
            "instanceArn": instance_arn,
            "permissionSetArn": permission_set,
            "principalType": kind,
            "principalId": principal_id,
            "principalName": instance.directory.principal_name(kind, principal_id),
            "accounts": accounts,
            "owns": "all",
        }
        return Found(id_, inputs, inputs)


_ID_FORM = "the id is PRINCIPAL-ID,GROUP or USER,PERMISSION-SET-ARN,INSTANCE-ARN"


_DECLARED_ALREADY = "declares the same principal and permission set; put the accounts in one."
_TAKEN_FROM_OTHERS = (
    "takes this permission set from everybody whom it doesn't list: declare this principal in the same AccessMatrix, "
    'or set owns to "listed" for the permission set.'
)


def _claim(run: Run, urn: str, inputs: Properties) -> list[tuple[str, str]]:
    """Notes what the resource declares; a problem if another resource of this run declares it already."""
    if any(has_unknown(inputs.get(name)) for name in ("permissionSetArn", "principalType", "principalId")):
        return []
    principal = holder(inputs)
    owner = run.declared.claim(("assignments", inputs["permissionSetArn"], principal), urn)
    if owner is not None:
        return [("principalId", f"{name_of(owner)} {_DECLARED_ALREADY}")]
    exclusive_owner = run.declared.claim_for(inputs["permissionSetArn"], urn, inputs["principalId"])
    if exclusive_owner is not None:
        return [("principalId", f"{name_of(exclusive_owner)} {_TAKEN_FROM_OTHERS}")]
    if not has_unknown(inputs["accounts"]):
        run.declared.by_arn(inputs["permissionSetArn"], principal, inputs["accounts"])
    return []


def _is_known(news: Properties) -> bool:
    """Whether a preview knows whose assignments they are, and where."""
    whose = ("instanceArn", "permissionSetArn", "principalType", "principalId")
    return isinstance(news["accounts"], list) and not any(has_unknown(news.get(key)) for key in whose)


def _id(properties: Properties) -> str:
    names = ("principalId", "principalType", "permissionSetArn", "instanceArn")
    return ",".join(str(properties[name]) for name in names)
