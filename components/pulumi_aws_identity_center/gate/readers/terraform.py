"""From the JSON of a saved Terraform or OpenTofu plan (`terraform show -json PLAN`, `tofu show -json PLAN`) to entries.

Format: developer.hashicorp.com/terraform/internals/json-format (format_version 1.2), opentofu.org/docs/internals/
json-format. Only what a rule judges is translated (`terraform_change.py`) and kept until the configuration, which comes
last, tells the providers. Planned values say the same again and are skipped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.accounts_of_resources import sign_in
from pulumi_aws_identity_center.domain.declared import Declared
from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES
from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.terraform_names import token_of
from pulumi_aws_identity_center.domain.violation import short_name
from pulumi_aws_identity_center.gate import declared_rules
from pulumi_aws_identity_center.gate.administrators.last_administrator import GRANT_TYPES
from pulumi_aws_identity_center.gate.change import About, Cause, Change, Entry, Failure, Resource
from pulumi_aws_identity_center.gate.declared_rules import RuleConfigs
from pulumi_aws_identity_center.gate.rules.by_type import is_judged
from pulumi_aws_identity_center.plain_text import without

from . import terraform_configuration, terraform_lookups
from .document import Document, NotAPlan
from .terraform_assignments import StandingAssignments, tells_all
from .terraform_change import change_of, computed_that_it_sets
from .terraform_configuration import Configuration, root_variables
from .terraform_declared import TYPES, DeclaredResources
from .terraform_first_look import BOTH, GRANTS, GUARDS, relevance_of
from .terraform_lookups import PriorState, management_account

KEYS = frozenset(
    {
        *("format_version", "terraform_version", "variables", "planned_values", "proposed_unknown", "timestamp"),
        *("resource_drift", "resource_changes", "deferred_changes", "output_changes", "prior_state", "configuration"),
        *("relevant_attributes", "checks", "applyable", "complete", "errored", "action_invocations"),
        *("deferred_action_invocations", "values", "@level", "@message"),
    }
)
_CHANGES = {"resource_changes": Cause.PLAN, "resource_drift": Cause.REFRESH}
_TELLING = frozenset({"format_version", "timestamp", "errored", "complete", "variables", "checks"})
_TERRAFORM_REGISTRY, _OPENTOFU_REGISTRY = "registry.terraform.io", "registry.opentofu.org"
_HOW = "Run terraform plan -out=PLAN, and give the gate what terraform show -json PLAN prints."
_PLAN_AGAIN = "Mend what the plan's output names, plan again, and give the gate the new plan."


def read(document: Document, configs: RuleConfigs) -> Iterator[Entry]:
    """Every change that a rule judges, what the plan leaves out, what the declared resources violate, and one About."""
    plan = _PlanReader(configs)
    for key in document.members():
        if key.startswith("@"):
            raise NotAPlan(f"This is the log of terraform plan -json, and no plan. {_HOW}")
        if key in _CHANGES:
            for row in document.items():
                yield from plan.add_row(row, _CHANGES[key])
        else:
            plan.read_key(key, document)
    yield from plan.entries()


class _PlanReader:
    """says: the plan's own keys, with the values of those that matter."""

    def __init__(self, configs: RuleConfigs) -> None:
        self.says: dict[str, Any] = {}
        self.configuration = Configuration()
        self.prior_state = PriorState()
        self._configs = configs
        self._keeps_policies = bool((configs.get("no-disable-grant") or {}).get("allowed"))
        self._declared = DeclaredResources()
        self._assignments = StandingAssignments()
        self._changes: list[Change] = []
        self._deferred: list[Failure] = []
        self._secrets: set[str] = set()
        self._registries: set[str] = set()
        self._rows = 0
        self._of_prior_state = 0  # rows about what the prior state has

    def read_key(self, key: str, document: Document) -> None:
        """Any other key than those of changes."""
        self.says[key] = None
        match key:
            case "deferred_changes":
                for row in document.items():
                    self._defer(row)
            case "prior_state":
                self.prior_state = terraform_lookups.read(document)
            case "configuration":
                self.configuration = terraform_configuration.read(document)
            case _ if key in _TELLING:
                self.says[key] = document.value()

    def add_row(self, row: Any, cause: Cause) -> Iterator[Change]:
        """The changes that are complete without the configuration: account assignments, which may be very many."""
        _check(row)
        self._count(row, cause)
        token = token_of(str(row.get("type")))
        if token in ASSIGNMENT_TYPES and cause is Cause.PLAN:
            yield from self._add_assignment(row)
        elif token in GRANT_TYPES:
            self._keep(row, cause, BOTH)
        elif token in TYPES or is_judged(token, ""):
            self._keep(row, cause, relevance_of(row, keeps_policies=self._keeps_policies))

    def _add_assignment(self, row: Mapping[str, Any]) -> Iterator[Change]:
        if self._assignments.repeats(row):
            return
        assignment = _change(row, Cause.PLAN)
        if assignment is None or not tells_all(assignment):
            self._keep(row, Cause.PLAN, BOTH)
            return
        self._declared.add_assignment(assignment)
        yield assignment

    def _keep(self, row: Mapping[str, Any], cause: Cause, relevance: int) -> None:
        """The row's change until the configuration is read. relevance: `terraform_first_look.py`'s."""
        change = _change(row, cause) if relevance else None
        if change is None:
            return
        self._secrets |= change.secrets
        if relevance & GUARDS and is_judged(change.type, ""):
            self._changes.append(change)
        if relevance & GRANTS and cause is Cause.PLAN:
            self._declared.add(change)

    def _count(self, row: Mapping[str, Any], cause: Cause) -> None:
        self._registries.add(str(row.get("provider_name")).partition("/")[0])
        if cause is Cause.PLAN:
            self._rows += 1
            if row["change"].get("before") is not None and row.get("mode") == "managed":
                self._of_prior_state += 1

    def _defer(self, row: Any) -> None:
        """A change that Terraform puts off to the plan after this one: nobody can judge it yet."""
        if not isinstance(row, dict):
            raise NotAPlan("A deferred change of the plan is no object: give the gate the whole plan's JSON.")
        _check(row.get("resource_change"))
        change = _change(row["resource_change"], Cause.PLAN)
        if change is not None:
            message = f"Terraform puts this change off ({row.get('reason')}), so this plan doesn't show it."
            remedy = "Apply what this plan shows, if the rest is safe, then plan and check again."
            self._deferred.append(Failure(message, change.address, remedy=remedy))

    def entries(self) -> Iterator[Entry]:
        self._check_format()
        self.configuration.variables = root_variables(self.says.get("variables"))
        yield from self._configured()
        yield from self._deferred
        yield from self._omissions()
        yield from self._violations()
        yield self._about()

    def _configured(self) -> Iterator[Change]:
        """The changes with what the configuration adds. Two resources with the same credentials and roles are in one
        account, whatever their providers' Regions."""
        sign_ins = {key: self._sign_in(key) for key in self.configuration.providers}
        if len(set(sign_ins.values())) == 1:
            sign_ins = {}  # with one account there is nothing to tell
        for change in self._changes:
            gets_nothing = not sign_ins and change.type not in COMPUTED
            yield change if gets_nothing else self._with_block(change, sign_ins)

    def _with_block(self, change: Change, sign_ins: Mapping[str, str]) -> Change:
        """The change through the provider that its block names, and without what the block leaves to others."""
        block = self.configuration.block_of(change.address)
        if block is None:
            return change
        provider = sign_ins.get(block.provider, "")
        computed = COMPUTED.get(change.type, frozenset())
        others = computed - block.sets - computed_that_it_sets(change)
        return dataclasses.replace(
            change,
            before=_settled(change.before, provider, others),
            after=_settled(change.after, provider, others),
        )

    def _sign_in(self, key: str) -> str:
        return sign_in(Declared("", "", "", {}, provider_urn=key, provider=self.configuration.settings_of(key)))

    def _violations(self) -> Iterator[Failure]:
        lookups = self.prior_state.lookups
        stack = self._declared.stack(self.configuration, lookups)
        secrets = {*self._secrets, *map(short_name, self._secrets)}
        for failure in declared_rules.failures(stack, self._configs, management_account(lookups)):
            yield dataclasses.replace(failure, message=without(failure.message, secrets))

    def _omissions(self) -> Iterator[Failure]:
        if self._has_failed():
            yield Failure("The plan failed, so it doesn't show all that would happen.", remedy=_PLAN_AGAIN)
        if self.says.get("complete") is False:
            yield Failure(
                "The plan is incomplete (complete: false): it was targeted, or Terraform put changes off.",
                remedy="Plan without -target and -exclude. After changes that were put off, plan and check again.",
            )

    def _check_format(self) -> None:
        version = str(self.says.get("format_version", ""))
        if version.partition(".")[0] not in ("0", "1"):
            raise NotAPlan(f"The plan's format_version is {version!r:.20}; this gate knows 1.x: use a newer release.")
        if "values" in self.says:
            raise NotAPlan(f"This is a state, and no plan. {_HOW}")
        if "planned_values" not in self.says:
            raise NotAPlan("The plan has no planned_values: give the gate all of its JSON.")

    def _about(self) -> About:
        made = str(self.says.get("timestamp") or "")
        account = management_account(self.prior_state.lookups)
        return About(self._tool(), made=made, targeted=self._is_targeted(), management_account=account)

    def _has_failed(self) -> bool:
        """Also by a condition that doesn't hold: Terraform 1.5 doesn't write `errored`."""
        return bool(self.says.get("errored")) or any(map(_has_failed, self.says.get("checks") or ()))

    def _is_targeted(self) -> bool | None:
        """A whole plan has a row for all that the prior state has, also for what stays as it is; one that only
        refreshes has no row. None where there was nothing before."""
        if not self.prior_state.managed or not self._rows:
            return None
        return self.prior_state.managed > self._of_prior_state

    def _tool(self) -> str:
        """By the registry of the providers; without any, by `applyable`, which only Terraform writes (since 1.8)."""
        if self._registries & {_TERRAFORM_REGISTRY, _OPENTOFU_REGISTRY}:
            return "opentofu" if _OPENTOFU_REGISTRY in self._registries else "terraform"
        return "terraform" if "applyable" in self.says else "opentofu"


def _has_failed(check: Any) -> bool:
    """Of a `check` block a failure is a warning, and the plan goes on."""
    match check:
        case {"address": {"kind": "check"}}:
            return False
        case {"address": {}, "status": "fail" | "error"}:
            return True
    return False


def _check(row: Any) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("change"), dict):
        raise NotAPlan("A resource change of the plan has no change in it: give the gate the whole plan's JSON.")


def _change(row: Mapping[str, Any], cause: Cause) -> Change | None:
    try:
        return change_of(row, cause)
    except RecursionError:
        raise NotAPlan("The input is nested too deeply to be the JSON of a plan.") from None


def _settled(resource: Resource | None, provider: str, others: frozenset[str]) -> Resource | None:
    """others: properties that other resources give it, or AWS alone: no inputs."""
    if resource is None:
        return None
    inputs = {name: value for name, value in resource.inputs.items() if name not in others}
    return dataclasses.replace(resource, inputs=inputs, provider=provider)
