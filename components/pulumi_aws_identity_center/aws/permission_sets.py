"""Permission sets in AWS: read whole, changed a part at a time, provisioned once.

A part is what one operation of sso-admin reads and another writes. Shapes are those of `matrix/permission_set.py` and
of the resource's inputs: {name, description, sessionDuration, relayState, managedPolicies, customerManagedPolicies:
[{name, path}], inlinePolicy (JSON text), permissionsBoundary, tags}.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .permission_set_changes import role_changes, tag_changes, tag_rows
from .provider_client import CONFLICT, CallFailed
from .results import unless_missing

if TYPE_CHECKING:
    from .reader import Rows

Properties = Mapping[str, Any]
# singlesignon/latest/userguide/limits.html: concurrent calls of ProvisionPermissionSet, and the accounts that
# ALL_PROVISIONED_ACCOUNTS reaches.
_CONCURRENT_PROVISIONINGS, _MOST_AT_ONCE = 3, 3_500
_CANCELLED = "Cancelled: not all roles are up to date. Run pulumi up to do the rest."
_FIRST_LOOK, _LONGEST_LOOK = 0.1, 2.0
_CONFLICT_PATIENCE = 60.0


_MANAGED = ("list_managed_policies_in_permission_set", "AttachedManagedPolicies")


class ProvisioningFailed(Exception):
    """AWS could not bring a permission set's roles up to date. reasons: one sentence an account."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class PermissionSets:
    """Of one instance. Thread-safe. inactive_accounts: where AWS can't provision a permission set."""

    def __init__(
        self, client: Rows, instance: str, inactive_accounts: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._client, self._instance, self._inactive_accounts = client, instance, inactive_accounts
        self._about: dict[str, Any] = {"InstanceArn": instance, "MaxResults": 100}
        self._provisioning = threading.Semaphore(_CONCURRENT_PROVISIONINGS)
        self._names_lock = threading.Lock()
        self._names: dict[str, str] | None = None

    # --- reading ---

    def read(self, arn: str) -> dict[str, Any] | None:
        """All parts, without those that are empty; None if there is no such permission set. Raises NoAnswer."""
        described = unless_missing(lambda: self.describe(arn))
        if described is None:
            return None
        return {**self.parts(described), "instanceArn": self._instance, "arn": arn, "name": described["Name"]}

    def describe(self, arn: str) -> dict[str, Any]:
        """DescribePermissionSet's row. Raises NoAnswer."""
        row: dict[str, Any] = self._call("describe_permission_set", arn)["PermissionSet"]
        return row

    def parts(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """Those that aren't empty. described: DescribePermissionSet's row. Raises NoAnswer."""
        arn = described["PermissionSetArn"]
        readers: dict[str, Callable[[], Any]] = {
            "managedPolicies": lambda: sorted(row["Arn"] for row in self._pages(*_MANAGED, arn)),
            "customerManagedPolicies": lambda: sorted(self._customer_managed(arn), key=lambda row: row["name"]),
            "inlinePolicy": lambda: self._call("get_inline_policy_for_permission_set", arn).get("InlinePolicy"),
            "permissionsBoundary": lambda: self._boundary(arn),
            "tags": lambda: {row["Key"]: row["Value"] for row in self._tags(arn)},
        }
        values: dict[str, Any] = {
            "description": described.get("Description"),
            "sessionDuration": described.get("SessionDuration"),
            "relayState": described.get("RelayState"),
        }
        values |= zip(readers, self._client.map(lambda read: read(), readers.values()), strict=True)
        return {name: value for name, value in values.items() if value not in (None, "", [], {})}

    def _customer_managed(self, arn: str) -> Iterator[dict[str, str]]:
        key = "CustomerManagedPolicyReferences"
        for row in self._pages("list_customer_managed_policy_references_in_permission_set", key, arn):
            yield {"name": row["Name"], "path": row.get("Path") or "/"}

    def _tags(self, arn: str) -> Iterator[Any]:
        """Without those that AWS keeps itself, as for CloudFormation: nobody can change or remove them (assumed)."""
        rows = self._client.rows(
            "sso-admin", "list_tags_for_resource", "Tags", InstanceArn=self._instance, ResourceArn=arn
        )
        return (row for row in rows if not row["Key"].lower().startswith("aws:"))

    def _boundary(self, arn: str) -> dict[str, Any] | None:
        operation = "get_permissions_boundary_for_permission_set"
        answer = unless_missing(lambda: self._call(operation, arn)) or {}  # AWS may say so that there is none
        boundary = answer.get("PermissionsBoundary")
        if not boundary:
            return None
        if "ManagedPolicyArn" in boundary:
            return {"managedPolicy": boundary["ManagedPolicyArn"]}
        reference = boundary["CustomerManagedPolicyReference"]
        return {"customerManagedPolicy": {"name": reference["Name"], "path": reference.get("Path") or "/"}}

    def names(self) -> dict[str, str]:
        """Name → ARN of every permission set of the instance, read once a run: a call a permission set."""
        with self._names_lock:
            if self._names is None:
                self._names = self._read_names()
            return dict(self._names)

    def _read_names(self) -> dict[str, str]:
        return {row["Name"]: arn for arn, row in self.described().items()}

    def described(self) -> dict[str, dict[str, Any]]:
        """ARN → DescribePermissionSet's row, of all: a call for each, since the list has ARNs only."""
        arns = list(self._client.rows("sso-admin", "list_permission_sets", "PermissionSets", **self._about))
        return dict(zip(arns, self._client.map(self.describe, arns), strict=True))

    def provisioned_accounts(self, arn: str, **only: str) -> Iterator[str]:
        """The accounts in which it is provisioned, a page at a time. only: such as ProvisioningStatus."""
        return self._pages("list_accounts_for_provisioned_permission_set", "AccountIds", arn, **only)

    def provisioned_in(self, account: str) -> list[str]:
        """The ARNs of the permission sets that the account has roles of; none of an account that the instance can't
        reach, which may be the operator's."""
        about = {**self._about, "AccountId": account}
        operation = "list_permission_sets_provisioned_to_account"
        rows = unless_missing(lambda: list(self._client.rows("sso-admin", operation, "PermissionSets", **about)))
        return rows or []

    def assignments(self, arn: str, account: str) -> list[dict[str, str]]:
        """Rows of PrincipalType and PrincipalId: who has it in the account."""
        return list(self._pages("list_account_assignments", "AccountAssignments", arn, AccountId=account))

    # --- writing ---

    def create(self, news: Properties) -> str:
        """The ARN of a new permission set that has its details and tags. `names` lacks its name: so if AWS says to a
        second attempt that it is taken, the answer to the first one was lost. Raises CallFailed."""
        parameters = {
            "Name": news["name"],
            "Description": news.get("description"),
            "SessionDuration": news.get("sessionDuration"),
            "RelayState": news.get("relayState"),
            "Tags": tag_rows(news.get("tags", {})),
        }
        known = {name: value for name, value in parameters.items() if value}
        name = news["name"]
        try:
            answer = self._change("create_permission_set", lambda: name in self._read_names(), **known)
        except CallFailed as error:
            is_own = error.code == CONFLICT and error.follows_no_answer
            arn = self._read_names().get(name) if is_own else None
            if arn is None:
                raise
            return arn
        return str(answer["PermissionSet"]["PermissionSetArn"])

    def change(self, arn: str, olds: Properties, news: Properties) -> bool:
        """Brings every part from olds to news. Returns whether roles have to be provisioned. Raises CallFailed."""
        changes = role_changes(olds, news)
        for operation, parameters in changes:
            self._change(operation, PermissionSetArn=arn, **parameters)
        for operation, parameters in tag_changes(olds, news):
            self._change(operation, ResourceArn=arn, **parameters)
        return bool(changes)

    def delete(self, arn: str) -> bool:
        """Whether it is gone; False while somebody has it. Raises CallFailed."""
        try:
            self._call("delete_permission_set", arn)
        except CallFailed as error:
            if error.code == CONFLICT:
                return False
            if not error.is_not_found:
                raise
        with self._names_lock:
            self._names = {name: other for name, other in (self._names or {}).items() if other != arn} or None
        return True

    # --- provisioning ---

    def provision(self, arn: str, accounts: Collection[str], is_stopped: Callable[[], bool]) -> None:
        """Brings the roles in all accounts up to date; then, account by account, those that were left.

        accounts: where it is provisioned. Raises ProvisioningFailed with a reason for each account.
        """
        with self._provisioning:
            failed = self._provision(arn, is_stopped, TargetType="ALL_PROVISIONED_ACCOUNTS")
        if failed is None and len(accounts) <= _MOST_AT_ONCE:
            return
        # ALL_PROVISIONED_ACCOUNTS gives one reason for all accounts.
        reasons = []
        for account in self.outdated_accounts(arn):
            if is_stopped():
                reasons.append(_CANCELLED)
                break
            with self._provisioning:
                reason = self._provision(arn, is_stopped, TargetType="AWS_ACCOUNT", TargetId=account)
            if reason is not None:
                reasons.append(f"Account {account}: {reason}")
        if reasons:
            raise ProvisioningFailed(tuple(reasons))

    def outdated_accounts(self, arn: str) -> list[str]:
        """The accounts whose role is not the permission set as it is now, and can be."""
        outdated = self.provisioned_accounts(arn, ProvisioningStatus="LATEST_PERMISSION_SET_NOT_PROVISIONED")
        return [account for account in outdated if account not in self._inactive_accounts()]

    def _provision(self, arn: str, is_stopped: Callable[[], bool], **target: Any) -> str | None:
        status = self._change("provision_permission_set", PermissionSetArn=arn, **target)[
            "PermissionSetProvisioningStatus"
        ]
        look = _FIRST_LOOK
        while status["Status"] == "IN_PROGRESS":
            if is_stopped():
                return "cancelled while AWS was provisioning it"
            time.sleep(look)
            look = min(2 * look, _LONGEST_LOOK)
            status = self._client.call(
                "sso-admin",
                "describe_permission_set_provisioning_status",
                InstanceArn=self._instance,
                ProvisionPermissionSetRequestId=status["RequestId"],
            )["PermissionSetProvisioningStatus"]
        return None if status["Status"] == "SUCCEEDED" else status.get("FailureReason") or "AWS gives no reason"

    # --- calls ---

    def _call(self, operation: str, arn: str, **parameters: Any) -> dict[str, Any]:
        return self._client.call("sso-admin", operation, InstanceArn=self._instance, PermissionSetArn=arn, **parameters)

    def _change(
        self, operation: str, is_taken: Callable[[], bool] = lambda: False, **parameters: Any
    ) -> dict[str, Any]:
        """Tries again while the change conflicts with another one, and not with what there is (is_taken). One that has
        been made already, by a call whose answer was lost, is no failure. Raises CallFailed."""
        deadline = time.monotonic() + _CONFLICT_PATIENCE
        pause = _FIRST_LOOK
        while True:
            try:
                return self._client.call("sso-admin", operation, InstanceArn=self._instance, **parameters)
            except CallFailed as error:
                if error.code != CONFLICT:
                    raise
                if operation.startswith("attach_") and re.search(r"already\b.*\battach", error.explanation):
                    return {}
                if time.monotonic() > deadline or is_taken():
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOOK)

    def _pages(self, operation: str, key: str, arn: str, **parameters: Any) -> Iterator[Any]:
        return self._client.rows(
            "sso-admin",
            operation,
            key,
            InstanceArn=self._instance,
            PermissionSetArn=arn,
            MaxResults=100,
            **parameters,
        )
