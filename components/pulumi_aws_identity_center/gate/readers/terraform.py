"""From the JSON of a saved Terraform or OpenTofu plan (`terraform show -json PLAN`, `tofu show -json PLAN`) to entries.

Format: developer.hashicorp.com/terraform/internals/json-format (format_version 1.2), opentofu.org/docs/internals/
json-format. Only what a rule judges is translated (`terraform_change.py`); planned values, prior state and
configuration say the same again, or nothing that matters here, and are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.gate.change import About, Cause, Change, Entry, Failure

from .document import Document, NotAPlan
from .terraform_change import change_of

KEYS = frozenset(
    {
        *("format_version", "terraform_version", "variables", "planned_values", "proposed_unknown", "timestamp"),
        *("resource_drift", "resource_changes", "deferred_changes", "output_changes", "prior_state", "configuration"),
        *("relevant_attributes", "checks", "applyable", "complete", "errored", "action_invocations"),
        *("deferred_action_invocations", "values"),
    }
)
_CHANGES = {"resource_changes": Cause.PLAN, "resource_drift": Cause.REFRESH}
_PLAN_AGAIN = "Mend what the plan's output names, plan again, and give the gate the new plan."


def read(document: Document) -> Iterator[Entry]:
    """Every change that a rule judges, what the plan leaves out, and one About."""
    plan = _Plan()
    for key in document.members():
        if key in _CHANGES:
            for row in document.items():
                yield from plan.changes(row, _CHANGES[key])
        elif key == "deferred_changes":
            for row in document.items():
                yield from _deferred(row)
        elif key in ("format_version", "timestamp", "errored", "complete", "applyable"):
            plan.says[key] = document.value()
        else:
            plan.says[key] = None
    yield from plan.failures()
    yield plan.about()


class _Plan:
    """says: the plan's own keys, with the values of those that matter."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self._is_opentofu = False

    def changes(self, row: Any, cause: Cause) -> Iterator[Change]:
        change = _change(row, cause)
        self._is_opentofu = self._is_opentofu or str(row.get("provider_name")).startswith("registry.opentofu.org/")
        if change is not None:
            yield change

    def failures(self) -> Iterator[Failure]:
        self._check_format()
        if self.says.get("errored"):
            yield Failure("The plan failed (errored), so it doesn't show all that would happen.", remedy=_PLAN_AGAIN)
        if self.says.get("complete") is False:
            yield Failure(
                "The plan is incomplete (complete: false): it was targeted, or Terraform put changes off.",
                remedy="Plan without -target and -exclude. After changes that were put off, plan and check again.",
            )

    def _check_format(self) -> None:
        version = str(self.says.get("format_version", ""))
        if version.partition(".")[0] not in ("0", "1"):
            raise NotAPlan(
                f"The plan's format_version is {version!r:.20}, and this gate knows 1.x: use a newer release."
            )
        if "values" in self.says:
            raise NotAPlan(
                "This is a state and no plan. Run terraform plan -out=PLAN, and give the gate what terraform show "
                "-json PLAN prints."
            )
        if not {"planned_values", "resource_changes"} & set(self.says):
            raise NotAPlan("The plan has neither planned_values nor resource_changes: give the gate all of its JSON.")

    def about(self) -> About:
        # Terraform writes `applyable` and `complete`, OpenTofu doesn't.
        is_terraform = not self._is_opentofu and {"applyable", "complete"} <= set(self.says)
        return About("terraform" if is_terraform else "opentofu", made=str(self.says.get("timestamp") or ""))


def _change(row: Any, cause: Cause) -> Change | None:
    if not isinstance(row, dict) or not isinstance(row.get("change"), dict):
        raise NotAPlan("A resource change of the plan has no change in it: give the gate the whole plan's JSON.")
    try:
        return change_of(row, cause)
    except RecursionError:
        raise NotAPlan("The input is nested too deeply to be the JSON of a plan.") from None


def _deferred(row: Any) -> Iterator[Failure]:
    """A change that Terraform puts off to the plan after this one: nobody can judge it yet."""
    if not isinstance(row, dict):
        raise NotAPlan("A deferred change of the plan is no object: give the gate the whole plan's JSON.")
    change = _change(row.get("resource_change"), Cause.PLAN)
    if change is not None:
        yield Failure(
            f"Terraform puts this change off ({row.get('reason')}), so this plan doesn't show it.",
            change.address,
            remedy="Apply what this plan shows, if the rest is safe, then plan and check again.",
        )
