"""The resource `aws-identity-center:index:PermissionSet`: one permission set with all its parts.

However many parts change, its roles are provisioned once, after the last. Its id is "PERMISSION SET ARN,INSTANCE ARN",
as that of Pulumi's aws provider.
"""

from __future__ import annotations

import time
from typing import Any

from pulumi_aws_identity_center.aws.permission_set_changes import DEFAULT_DURATION
from pulumi_aws_identity_center.aws.permission_sets import ProvisioningFailed
from pulumi_aws_identity_center.aws.provider_client import CallFailed
from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.matrix.permission_set import NAME, PARTS, parse_permission_set
from pulumi_aws_identity_center.matrix.problems import partition_problems, permission_set_exists
from pulumi_aws_identity_center.matrix.resource_inputs import permission_set_inputs
from pulumi_aws_identity_center.matrix.values import Values
from pulumi_aws_identity_center.names import PACKAGE

from .account_assignments import AccountAssignmentsType
from .assignment_work import shorten_accounts
from .inputs import INSTANCE_ARN, Input, by_input, input_problems, parse_id
from .permission_set_parts import as_inputs, comparable, only_parts, spelled_as
from .resource_type import Difference, Found, Kind, Made, Properties, Refused
from .run import Instance, Report, Run
from .values import UNKNOWN, has_unknown, is_unknown

# singlesignon/latest/userguide/limits.html; AWS raises it on request
_MOST = 3_500
# For how long AWS may say that a permission set is assigned after its last assignment went (assumed).
_CONSISTENCY_SECONDS, _RETRY_SECONDS = 5.0, 0.5


_INPUTS = {"instanceArn": INSTANCE_ARN, "name": Input("1 to 32 letters, digits or _+=,.@- characters", NAME)}


class PermissionSetType:
    token = f"{PACKAGE}:index:PermissionSet"

    def check(self, run: Run, urn: str, inputs: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        known, unknown = _known_parts(inputs)
        values = Values(is_unknown)
        parsed = parse_permission_set("-", known, "", values)  # _INPUTS has the name's own check
        instance, name = inputs.get("instanceArn"), inputs.get("name")
        problems = [*input_problems(inputs, _INPUTS, PARTS), *by_input(values.problems)]
        if not problems and isinstance(instance, str):
            problems = [("managedPolicies", sentence) for sentence in partition_problems({str(name): parsed}, instance)]
        problems = problems or _claim(run, urn, instance, name)
        checked = {**permission_set_inputs(parsed), "instanceArn": instance, "name": name}
        return {**checked, **dict.fromkeys(unknown, UNKNOWN)}, problems

    def diff(self, run: Run, state: Properties, news: Properties) -> Difference:
        if isinstance(state.get("arn"), str):
            run.declared.name(str(state.get("instanceArn")), str(state.get("name")), state["arn"])
        replaces = tuple(name for name in ("instanceArn", "name") if state.get(name) != news.get(name))
        old, new = comparable(state), comparable(_with_kept(state, news))
        changes: dict[str, Kind] = dict.fromkeys(replaces, "update")
        for name in PARTS:
            if old.get(name) != new.get(name):
                changes[name] = _kind(name, state, news)
        if state.get("outdatedAccounts"):
            changes["outdatedAccounts"] = "delete"
        return Difference(changes, replaces)

    def preview_create(self, run: Run, news: Properties, report: Report) -> Properties:
        if not has_unknown(news.get("instanceArn")) and isinstance(news.get("name"), str):
            names = run.instance(news["instanceArn"]).permission_sets.names()
            if news["name"] in names:
                raise Refused(permission_set_exists(news["name"], names[news["name"]], news["instanceArn"]))
            if len(names) >= _MOST:
                report.warn(
                    f"The instance has {count(len(names), 'permission set')} and AWS takes {_MOST:,}, unless it has "
                    "raised your quota: delete some, or ask AWS Support for more."
                )
        return {"sessionDuration": DEFAULT_DURATION, **news, "arn": UNKNOWN}

    def preview_update(self, run: Run, state: Properties, news: Properties, report: Report) -> Properties:
        return {"sessionDuration": DEFAULT_DURATION, **_with_kept(state, news), "arn": state["arn"]}

    def create(self, run: Run, news: Properties, report: Report) -> Made:
        instance = run.instance(news["instanceArn"])
        report.status("Creating the permission set")
        existing = instance.permission_sets.names().get(news["name"])
        if existing is not None:
            raise Refused(permission_set_exists(news["name"], existing, instance.arn))
        arn = instance.permission_sets.create(news)
        run.declared.name(instance.arn, news["name"], arn)
        attributes = {
            name: news[name] for name in ("description", "sessionDuration", "relayState", "tags") if name in news
        }
        reasons = self._change(run, instance, arn, attributes, news, report)
        return self._made(instance, arn, news, reasons)

    def read(self, run: Run, id_: str, state: Properties, inputs: Properties) -> Found | None:
        arn, instance_arn = (state["arn"], state["instanceArn"]) if state else parse_id(id_)
        instance = run.instance(instance_arn)
        properties = instance.permission_sets.read(arn)
        if properties is None:
            return None
        run.declared.name(instance_arn, properties["name"], arn)
        inputs = as_inputs(properties, inputs)
        # Roles that a provisioning left behind are drift, as a part that somebody changed is. An update that was killed
        # may have changed the parts and left all roles behind.
        was_changed = bool(state) and comparable(state) != comparable(properties)
        if was_changed or state.get("outdatedAccounts"):
            outdated = instance.permission_sets.outdated_accounts(arn)
            properties |= {"outdatedAccounts": outdated} if outdated else {}
        return Found(f"{arn},{instance_arn}", properties, inputs)

    def update(self, run: Run, id_: str, state: Properties, news: Properties, report: Report) -> Made:
        instance, arn = run.instance(news["instanceArn"]), state["arn"]
        news = _with_kept(state, news)
        reasons = self._change(run, instance, arn, state, news, report)
        return self._made(instance, arn, news, reasons)

    def delete(self, run: Run, id_: str, state: Properties, report: Report) -> None:
        """With this stack's assignments of it: right after an import, the state doesn't tell the engine that those have
        to go first."""
        sets, arn = run.instance(state["instanceArn"]).permission_sets, state["arn"]
        if sets.delete(arn):
            return
        self._revoke_assignments(run, arn, report)
        deadline = time.monotonic() + _CONSISTENCY_SECONDS
        while not sets.delete(arn):
            if run.is_stopped or time.monotonic() > deadline:
                raise Refused(
                    _still_assigned(state["name"], list(sets.provisioned_accounts(arn)), run.inactive_accounts())
                )
            time.sleep(_RETRY_SECONDS)

    def _revoke_assignments(self, run: Run, arn: str, report: Report) -> None:
        """Those that the stack's state holds. Raises Refused."""
        assignments = AccountAssignmentsType()
        states = [state for state in run.remembered(assignments.token) if state["permissionSetArn"] == arn]
        run.client.map(lambda state: assignments.delete(run, "", state, report), states)

    def _change(
        self, run: Run, instance: Instance, arn: str, olds: Properties, news: Properties, report: Report
    ) -> tuple[str, ...]:
        """Returns what could not be done."""
        sets = instance.permission_sets
        try:
            changed = sets.change(arn, spelled_as(news, only_parts(olds)), only_parts(news))
            if changed or olds.get("outdatedAccounts"):
                accounts = list(sets.provisioned_accounts(arn))
                if accounts:
                    report.status(f"Provisioning {count(len(accounts), 'account')}")
                    sets.provision(arn, accounts, lambda: run.is_stopped)
        except ProvisioningFailed as error:
            return error.reasons
        except CallFailed as error:
            return (str(error),)
        return ()

    def _made(self, instance: Instance, arn: str, news: Properties, reasons: tuple[str, ...]) -> Made:
        properties: Properties = {"sessionDuration": DEFAULT_DURATION, **news, "arn": arn}
        if reasons:
            # What is there now, so that the next update does the rest.
            properties = instance.permission_sets.read(arn) or properties
            outdated = instance.permission_sets.outdated_accounts(arn)
            properties = {**properties, **({"outdatedAccounts": outdated} if outdated else {})}
        return Made(f"{arn},{instance.arn}", properties, reasons)


def _with_kept(state: Properties, news: Properties) -> Properties:
    """A description that the program leaves out stays: AWS has no way to take one away
    (github.com/hashicorp/terraform-provider-aws/issues/41897)."""
    return {"description": state["description"], **news} if "description" in state else news


def _kind(name: str, state: Properties, news: Properties) -> Kind:
    if name not in state:
        return "add"
    return "update" if name in news else "delete"


def _claim(run: Run, urn: str, instance: Any, name: Any) -> list[tuple[str, str]]:
    """Claims the name; a problem if another resource of this run has it."""
    if name is UNKNOWN:
        return []
    owner = run.declared.claim(("permission set", instance, name), urn)
    if owner is None:
        return []
    return [("name", f"{name_of(owner)} declares the permission set {name} already; a name is one set's.")]


def _known_parts(inputs: Properties) -> tuple[dict[str, Any], list[str]]:
    """The parts whose values are known, and the names of the others."""
    known: dict[str, Any] = {}
    unknown: list[str] = []
    for name in PARTS:
        if name not in inputs:
            continue
        if _is_unknown_part(name, inputs[name]):
            unknown.append(name)
        else:
            known[name] = inputs[name]
    return known, unknown


def _is_unknown_part(name: str, value: Any) -> bool:
    """A policy document that holds an unknown is unknown as a text."""
    return has_unknown(value) if name == "inlinePolicy" else value is UNKNOWN


def _still_assigned(name: str, accounts: list[str], inactive_accounts: frozenset[str]) -> str:
    if not accounts:
        return (
            f"AWS can't delete the permission set {name} yet: it says that somebody still has it, and lists no "
            "account. Run this again in a minute."
        )
    place = f"{count(len(accounts), 'account')} ({shorten_accounts(accounts)})"
    if inactive_accounts.issuperset(accounts):
        return (
            f"AWS can't delete the permission set {name}: it is still assigned in {place}, suspended or closed, where "
            "AWS changes nothing. Run this again when no such account has it, or take it out of the state and leave it "
            "in AWS (pulumi state delete)."
        )
    return (
        f"AWS can't delete the permission set {name}: it is still assigned in {place}, by none of the assignments that "
        "this run deletes. `identity-center matrix` shows to whom: delete those assignments, then run this again."
    )
