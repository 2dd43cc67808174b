"""The resource `aws-identity-center:index:ExclusiveAssignments`: nobody has one permission set but the groups and users
that it lists.

It grants nothing. Its state tells who else has the permission set in AWS; a preview shows them, and the update
takes it from them. Its id is "PERMISSION SET ARN,INSTANCE ARN". Deleting it changes nothing in AWS.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.assignments import Grant
from pulumi_aws_identity_center.aws.principal_assignments import Principal
from pulumi_aws_identity_center.aws.provider_client import CallFailed
from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.names import PACKAGE

from .assignment_work import AssignmentWork, failure_reasons, shorten_accounts
from .inputs import INSTANCE_ARN, PERMISSION_SET_ARN, Input, input_problems, parse_id
from .resource_type import Difference, Found, Kind, Made, Properties
from .run import Instance, Report, Run
from .values import UNKNOWN, has_unknown

INPUTS = {
    "instanceArn": INSTANCE_ARN,
    "permissionSetArn": PERMISSION_SET_ARN,
    "principalIds": Input("the id of a group or user", is_list=True),
}
Row = Mapping[str, Any]


class ExclusiveAssignmentsType:
    token = f"{PACKAGE}:index:ExclusiveAssignments"

    def check(self, run: Run, urn: str, inputs: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        problems = input_problems(inputs, INPUTS)
        if problems:
            return inputs, problems
        if has_unknown(inputs):
            return inputs, []
        checked = {**inputs, "principalIds": sorted(set(inputs["principalIds"]))}
        return checked, _problems_of_others_declared(run, urn, checked)

    def diff(self, run: Run, state: Properties, news: Properties) -> Difference:
        replaces = tuple(name for name in ("instanceArn", "permissionSetArn") if state.get(name) != news.get(name))
        changes: dict[str, Kind] = dict.fromkeys(replaces, "update")
        if state.get("principalIds") != news.get("principalIds"):
            changes["principalIds"] = "update"
        changes |= {f"others[{number}]": "delete" for number, _ in _unlisted_rows(state, news)}
        return Difference(changes, replaces)

    def preview_create(self, run: Run, news: Properties, report: Report) -> Properties:
        """others: from whom the update takes the permission set."""
        if has_unknown(news):
            return news
        others = _find_others(run, news, news["principalIds"])
        _warn_of_others(others, report)
        return {**news, "others": others}

    def preview_update(self, run: Run, state: Properties, news: Properties, report: Report) -> Properties:
        _warn_of_others([row for _, row in _unlisted_rows(state, news)], report)
        return news

    def create(self, run: Run, news: Properties, report: Report) -> Made:
        return self._take_from_others(run, news, news["principalIds"], report)

    def update(self, run: Run, id_: str, state: Properties, news: Properties, report: Report) -> Made:
        # Who was listed until now has AccountAssignments of its own, which the engine deletes after this.
        return self._take_from_others(run, news, [*news["principalIds"], *state["principalIds"]], report)

    def read(self, run: Run, id_: str, state: Properties, inputs: Properties) -> Found | None:
        if not state:
            return self._import(run, id_)
        listed = {name: state[name] for name in INPUTS}
        others = _find_others(run, listed, listed["principalIds"])
        return Found(id_, {**listed, "others": others} if others else listed, inputs)

    def delete(self, run: Run, id_: str, state: Properties, report: Report) -> None:
        """Who has the permission set keeps it."""

    def _take_from_others(self, run: Run, news: Properties, listed: Collection[str], report: Report) -> Made:
        instance, arn = run.instance(news["instanceArn"]), news["permissionSetArn"]
        grants = [
            Grant(account, arn, row["principalType"], row["principalId"])
            for row in _find_others(run, news, listed)
            for account in row["accounts"]
        ]
        failures = AssignmentWork(run, instance, report).revoke(grants)
        others = _as_rows(instance, [order.grant for order in failures])
        properties = {**news, "others": others} if others else news
        return Made(f"{arn},{instance.arn}", properties, tuple(failure_reasons(failures)))

    def _import(self, run: Run, id_: str) -> Found:
        """Lists everybody who has it in an account where AWS changes something."""
        arn, instance_arn = parse_id(id_)
        holders = run.instance(instance_arn).holders.accounts(arn)
        principal_ids = sorted(id_ for (_, id_), accounts in holders.items() if accounts - run.inactive_accounts())
        inputs = {"instanceArn": instance_arn, "permissionSetArn": arn, "principalIds": principal_ids}
        return Found(id_, inputs, inputs)


def _problems_of_others_declared(run: Run, urn: str, checked: Properties) -> list[tuple[str, str]]:
    """Another resource of this run must not grant what this one would take away again."""
    owners = run.declared.claim_exclusively(checked["permissionSetArn"], urn, checked["principalIds"])
    return [("principalIds", f"{name_of(owner)} {_UNLISTED}") for owner in owners]


_UNLISTED = (
    "gives this permission set to a group or user that is not listed, who would lose it again: declare that in the "
    'same AccessMatrix, or set owns to "listed" for the permission set.'
)


def _unlisted_rows(state: Properties, news: Properties) -> Iterator[tuple[int, Row]]:
    """Of who else has the permission set, those who are still not listed, with their place in the state."""
    listed = news["principalIds"]
    if listed is UNKNOWN:
        return
    for number, row in enumerate(state.get("others", [])):
        if row["principalId"] not in listed:
            yield number, row


def _find_others(run: Run, properties: Properties, listed: Collection[str]) -> list[Row]:
    """Who has the permission set in AWS and is not listed. Raises CallFailed."""
    instance, arn = run.instance(properties["instanceArn"]), properties["permissionSetArn"]
    try:
        holders = instance.holders.accounts(arn)
    except CallFailed as error:
        if error.is_not_found:  # the permission set is gone, and its assignments with it
            return []
        raise
    grants: list[Grant] = []
    for (kind, id_), accounts in holders.items():
        if id_ not in listed:
            grants += [Grant(account, arn, kind, id_) for account in accounts - run.inactive_accounts()]
    return _as_rows(instance, grants)


def _as_rows(instance: Instance, grants: Iterable[Grant]) -> list[Row]:
    accounts: dict[Principal, list[str]] = {}
    for grant in sorted(grants):
        accounts.setdefault((grant.principal_type, grant.principal_id), []).append(grant.account)
    return [
        {
            "principalType": type_,
            "principalId": id_,
            "principalName": instance.directory.principal_name(type_, id_),
            "accounts": ids,
        }
        for (type_, id_), ids in sorted(accounts.items())
    ]


def _warn_of_others(others: Collection[Row], report: Report) -> None:
    if not others:
        return
    names = "; ".join(
        f"{row['principalType'].lower()} {row['principalName'] or row['principalId']} in "
        f"{shorten_accounts(row['accounts'])}"
        for row in others
    )
    report.warn(
        f'Others have this permission set, and owns is "all", so the update takes it from them: {names}. If another '
        'stack or tool grants it to them, the two undo each other: set owns to "listed" to leave them alone.'
    )
