"""Permission sets in AWS: read whole, changed a part at a time, provisioned once.

A part is what one operation of sso-admin reads and another writes. Shapes are those of `matrix/permission_set.py` and
of the resource's inputs: {name, description, sessionDuration, relayState, managedPolicies, customerManagedPolicies:
[{name, path}], inlinePolicy (JSON text), permissionsBoundary, tags}.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from .permission_set_changes import role_changes, tag_changes, tag_rows
from .plugin_client import CONFLICT, CallFailed, PluginClient

Properties = Mapping[str, Any]
# singlesignon/latest/userguide/limits.html: concurrent calls of ProvisionPermissionSet.
_CONCURRENT_PROVISIONINGS = 3
_FIRST_LOOK, _LONGEST_LOOK = 0.1, 2.0
_CONFLICT_PATIENCE = 60.0


class ProvisioningFailed(Exception):
    """AWS could not bring a permission set's roles up to date. reasons: one sentence an account."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class PermissionSets:
    """Of one instance. Thread-safe. inactive_accounts: where AWS can't provision a permission set."""

    def __init__(
        self, client: PluginClient, instance: str, inactive_accounts: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._client, self._instance, self._inactive_accounts = client, instance, inactive_accounts
        self._about: dict[str, Any] = {"InstanceArn": instance, "MaxResults": 100}
        self._provisioning = threading.Semaphore(_CONCURRENT_PROVISIONINGS)
        self._names_lock = threading.Lock()
        self._names: dict[str, str] | None = None

    # --- reading ---

    def read(self, arn: str) -> dict[str, Any] | None:
        """All parts, without those that are empty; None if there is no such permission set."""
        try:
            described = self._call("describe_permission_set", arn)["PermissionSet"]
        except CallFailed as error:
            if error.is_not_found:
                return None
            raise
        parts: dict[str, Callable[[], Any]] = {
            "managedPolicies": lambda: sorted(row["Arn"] for row in self._managed(arn)),
            "customerManagedPolicies": lambda: sorted(self._customer_managed(arn), key=lambda row: row["name"]),
            "inlinePolicy": lambda: self._call("get_inline_policy_for_permission_set", arn).get("InlinePolicy"),
            "permissionsBoundary": lambda: self._boundary(arn),
            "tags": lambda: {row["Key"]: row["Value"] for row in self._tags(arn)},
        }
        values: dict[str, Any] = dict(zip(parts, self._client.map(lambda read: read(), parts.values()), strict=True))
        values |= {
            "instanceArn": self._instance,
            "arn": arn,
            "name": described["Name"],
            "description": described.get("Description"),
            "sessionDuration": described.get("SessionDuration"),
            "relayState": described.get("RelayState"),
        }
        return {name: value for name, value in values.items() if value not in (None, "", [], {})}

    def _managed(self, arn: str) -> Iterator[Any]:
        return self._pages("list_managed_policies_in_permission_set", "AttachedManagedPolicies", arn)

    def _customer_managed(self, arn: str) -> Iterator[dict[str, str]]:
        key = "CustomerManagedPolicyReferences"
        for row in self._pages("list_customer_managed_policy_references_in_permission_set", key, arn):
            yield {"name": row["Name"], "path": row.get("Path") or "/"}

    def _tags(self, arn: str) -> Iterator[Any]:
        return self._client.rows(
            "sso-admin", "list_tags_for_resource", "Tags", InstanceArn=self._instance, ResourceArn=arn
        )

    def _boundary(self, arn: str) -> dict[str, Any] | None:
        try:
            boundary = self._call("get_permissions_boundary_for_permission_set", arn).get("PermissionsBoundary")
        except CallFailed as error:
            if error.is_not_found:  # how AWS says that there is none
                return None
            raise
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
                pages = self._client.rows("sso-admin", "list_permission_sets", "PermissionSets", **self._about)
                rows = list(pages)
                described = self._client.map(lambda arn: self._call("describe_permission_set", arn), rows)
                self._names = {
                    description["PermissionSet"]["Name"]: arn for description, arn in zip(described, rows, strict=True)
                }
            return dict(self._names)

    def provisioned_accounts(self, arn: str, status: str | None = None) -> list[str]:
        """The accounts in which it is provisioned. status: only those in this ProvisioningStatus."""
        only = {"ProvisioningStatus": status} if status else {}
        return list(self._pages("list_accounts_for_provisioned_permission_set", "AccountIds", arn, **only))

    def provisioned_in(self, account: str) -> list[str]:
        """The ARNs of the permission sets that the account has roles of."""
        operation = "list_permission_sets_provisioned_to_account"
        return list(self._client.rows("sso-admin", operation, "PermissionSets", **self._about, AccountId=account))

    def assignments(self, arn: str, account: str) -> list[dict[str, str]]:
        """Rows of PrincipalType and PrincipalId: who has it in the account."""
        return list(self._pages("list_account_assignments", "AccountAssignments", arn, AccountId=account))

    # --- writing ---

    def create(self, news: Properties) -> str:
        """The ARN of a new permission set that has its details and tags. Raises CallFailed."""
        parameters = {
            "Name": news["name"],
            "Description": news.get("description"),
            "SessionDuration": news.get("sessionDuration"),
            "RelayState": news.get("relayState"),
            "Tags": tag_rows(news.get("tags", {})),
        }
        created = self._client.call(
            "sso-admin",
            "create_permission_set",
            InstanceArn=self._instance,
            **{name: value for name, value in parameters.items() if value},
        )
        arn: str = created["PermissionSet"]["PermissionSetArn"]
        return arn

    def change(self, arn: str, olds: Properties, news: Properties) -> bool:
        """Brings every part from olds to news. Returns whether roles have to be provisioned. Raises CallFailed."""
        changes = role_changes(olds, news)
        for operation, parameters in changes:
            self._change(operation, arn, **parameters)
        for operation, parameters in tag_changes(olds, news):
            self._client.call("sso-admin", operation, InstanceArn=self._instance, ResourceArn=arn, **parameters)
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
        return True

    # --- provisioning ---

    def provision(self, arn: str, is_stopped: Callable[[], bool]) -> None:
        """Brings the roles in all accounts up to date; then, account by account, those that were left.

        Raises ProvisioningFailed with a reason for each account.
        """
        with self._provisioning:
            failed = self._provision(arn, is_stopped, TargetType="ALL_PROVISIONED_ACCOUNTS")
        if failed is None:
            return
        # ALL_PROVISIONED_ACCOUNTS tells one reason, and reaches 3,500 accounts (limits.html).
        reasons = []
        for account in self.outdated_accounts(arn):
            with self._provisioning:
                reason = self._provision(arn, is_stopped, TargetType="AWS_ACCOUNT", TargetId=account)
            if reason is not None:
                reasons.append(f"Account {account}: {reason}")
        if reasons:
            raise ProvisioningFailed(tuple(reasons))

    def outdated_accounts(self, arn: str) -> list[str]:
        """The accounts whose role is not the permission set as it is now, and can be."""
        outdated = self.provisioned_accounts(arn, "LATEST_PERMISSION_SET_NOT_PROVISIONED")
        return [account for account in outdated if account not in self._inactive_accounts()]

    def _provision(self, arn: str, is_stopped: Callable[[], bool], **target: str) -> str | None:
        status = self._change("provision_permission_set", arn, **target)["PermissionSetProvisioningStatus"]
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

    def _change(self, operation: str, arn: str, **parameters: Any) -> dict[str, Any]:
        """A change that has been made already, by a call whose answer was lost, is no failure."""
        deadline = time.monotonic() + _CONFLICT_PATIENCE
        pause = _FIRST_LOOK
        while True:
            try:
                return self._call(operation, arn, **parameters)
            except CallFailed as error:
                if error.code != CONFLICT:
                    raise
                if operation.startswith("attach_") and "already" in error.explanation:
                    return {}
                if time.monotonic() > deadline:
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
