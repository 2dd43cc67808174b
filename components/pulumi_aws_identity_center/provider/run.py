"""Everything that one configured provider shares between its resources, for as long as the plugin runs."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pulumi_aws_identity_center.aws.assignment_queue import AssignmentQueue
from pulumi_aws_identity_center.aws.directory import Directory
from pulumi_aws_identity_center.aws.permission_set_holders import Holders
from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.principal_assignments import Holdings
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.matrix.last_administrator import AccessState
from pulumi_aws_identity_center.matrix.live_organization import (
    inactive_account_ids,
    list_accounts,
    read_delegated_administrator,
    read_management_account,
)

from .configuration import Configuration, account_problem, limits_accounts, sign_in_of
from .declared import Declared
from .deferred_revocations import DeferredRevocations


class Instance:
    """One Identity Center instance, as this run sees it."""

    def __init__(self, client: ProviderClient, arn: str, inactive_accounts: Callable[[], frozenset[str]]) -> None:
        self.arn = arn
        self.holdings = Holdings(client, arn, inactive_accounts)
        self.permission_sets = PermissionSets(client, arn, inactive_accounts)
        self.directory = Directory(client, arn)
        self.holders = Holders(client, self.holdings, self.directory, self.permission_sets)


class Run:
    """Thread-safe."""

    def __init__(self, client: ProviderClient | None = None) -> None:
        self.client = client or ProviderClient()
        self.queue = AssignmentQueue(self.client)
        self.declared = Declared()
        self.deferred = DeferredRevocations()
        self._lock = threading.Lock()
        self._instances: dict[str, Instance] = {}
        # By type token, then URN.
        self._remembered: dict[str, dict[str, Mapping[str, Any] | None]] = defaultdict(dict)
        self._unrefreshed: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        self._sides: dict[str, AccessState] = {}
        self._may_lock_out = False
        self.administration_lock = threading.Lock()
        self._ahead = ThreadPoolExecutor(1)
        self._account_rows: Future[list[dict[str, Any]]] | None = None

    def instance(self, arn: str) -> Instance:
        with self._lock:
            if arn not in self._instances:
                self._instances[arn] = Instance(self.client, arn, self.inactive_accounts)
            return self._instances[arn]

    def remember(self, urn: str, token: str, state: Mapping[str, Any] | None) -> None:
        """Notes what the stack's state holds, as a refresh found it: None if AWS has no such thing any more."""
        with self._lock:
            self._remembered[token][urn] = state

    def remember_unrefreshed(self, urn: str, token: str, state: Mapping[str, Any]) -> None:
        """Notes what the stack's state held at first. A resource that signed in differently is refreshed by another
        process, and --target leaves out the refresh of others."""
        with self._lock:
            self._unrefreshed[token][urn] = state

    def remembered(self, token: str) -> list[Mapping[str, Any]]:
        """The state of each resource of a type that was refreshed in this run."""
        with self._lock:
            return list(filter(None, self._remembered[token].values()))

    def in_state(self, token: str) -> dict[str, Mapping[str, Any]]:
        """By URN, the state of each resource of a type; as the refresh found it, if this run refreshed it."""
        with self._lock:
            rows = {**self._unrefreshed[token], **self._remembered[token]}
        return {urn: state for urn, state in rows.items() if state is not None}

    def note_matrix(self, matrix: str, side: AccessState, *, may_lock_out: bool) -> None:
        """Notes what a matrix of this program declares. matrix: the component's URN, since two may have one name.
        may_lock_out: its break-glass is open, which opens it for the run."""
        with self._lock:
            self._sides[matrix] = side
            self._may_lock_out |= may_lock_out

    def declared_sides(self) -> dict[str, AccessState]:
        """The URN of each matrix of this run that has declared by now → what it declares."""
        with self._lock:
            return dict(self._sides)

    @property
    def keeps_administrators(self) -> bool:
        """Whether a matrix is declared, and break-glass is closed."""
        with self._lock:
            return bool(self._sides) and not self._may_lock_out

    def read_accounts_ahead(self) -> None:
        """Begins to list the organization's accounts: at AWS's 8 pages a second, 1,000 accounts take 6 seconds."""
        with self._lock:
            if self._account_rows is None:
                self._account_rows = self._ahead.submit(list_accounts, self.client)

    def account_rows(self) -> list[dict[str, Any]]:
        """organizations:ListAccounts's rows, read once. Raises CallFailed."""
        self.read_accounts_ahead()
        assert self._account_rows is not None
        return self._account_rows.result()

    def inactive_accounts(self) -> frozenset[str]:
        """Suspended and closed accounts, of a run with a matrix: AWS can't change the roles in them, and doesn't finish
        an assignment (github.com/aws-samples/aws-identitycenter-codepipeline-auto-assignment/issues/31)."""
        return frozenset() if self._account_rows is None else self._inactive_accounts

    @cached_property
    def _inactive_accounts(self) -> frozenset[str]:
        try:
            return inactive_account_ids(self.account_rows())
        except CallFailed:  # then AWS itself says where it can't change anything
            return frozenset()

    @cached_property
    def management_account(self) -> str:
        return read_management_account(self.client)

    @cached_property
    def delegated_administrator(self) -> str | None:
        return read_delegated_administrator(self.client)

    @cached_property
    def caller(self) -> dict[str, str]:
        """sts:GetCallerIdentity's answer."""
        return self.client.call("sts", "get_caller_identity")

    def stop(self) -> None:
        """Begins nothing new."""
        self.client.stop()
        self.queue.stop()
        self.declared.stop()

    @property
    def is_stopped(self) -> bool:
        return self.queue.is_stopped


def configured_run(configuration: Configuration) -> Run:
    """configuration: the provider's inputs, which have no problem. Raises NotPossibleHere, CallFailed."""
    run = Run(ProviderClient(sign_in_of(configuration)))
    if limits_accounts(configuration):
        sentence = account_problem(configuration, run.caller["Account"])
        if sentence is not None:
            raise NotPossibleHere(sentence)
    return run


@dataclass(frozen=True)
class Report:
    """Where a resource says how far it is. status: replaced by the next one; warn: stays in the output."""

    status: Callable[[str], None] = lambda text: None
    warn: Callable[[str], None] = lambda text: None
