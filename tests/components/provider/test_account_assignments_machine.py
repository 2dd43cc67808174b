"""AccountAssignments against the embedded AWS, with calls that fail, answers that get lost, cancels and kills at any
call, and hand-made changes in between. After each update AWS, state and declaration are compared: nobody lost what
stays, and nobody got what isn't declared. Whatever happened, the next clean update ends where the declaration says, and
doubles nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from pulumi_aws_identity_center.aws.provider_client import CallFailed
from pulumi_aws_identity_center.provider.account_assignments import AccountAssignmentsType
from pulumi_aws_identity_center.provider.resource_type import Made, Refused
from pulumi_aws_identity_center.provider.run import Report

from sandbox.aws import EmbeddedAws
from tests.property_examples import examples

from .unlucky_client import FAULTS, UnluckyClient, impatient_cloud

ACCOUNTS = ["222233334444", "333344445555", "444455556666"]
ACTIONS = ["create", "delete"]
GROUPS = ["Developers", "Operators"]
TYPE = AccountAssignmentsType()
NAMES = itertools.count()
CLOUD: list[EmbeddedAws] = []

FATES = st.lists(st.sampled_from(["sent", *FAULTS]), max_size=8)
Assigned = set[tuple[str, str]]
"""(Group, account) of the permission set."""


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[EmbeddedAws]:
    with impatient_cloud() as running:
        CLOUD.append(running)
        yield running
        CLOUD.clear()


class AssignmentsMachine(RuleBasedStateMachine):
    """state: as the engine would keep it. wanted: as the program declares it."""

    @initialize()
    def begin(self) -> None:
        self.sso = CLOUD[0].client("sso-admin")
        [instance] = self.sso.list_instances()["Instances"]
        self.instance = instance["InstanceArn"]
        store = CLOUD[0].client("identitystore").list_groups(IdentityStoreId=instance["IdentityStoreId"])["Groups"]
        self.ids = {row["DisplayName"]: row["GroupId"] for row in store}
        permission_set = self.sso.create_permission_set(InstanceArn=self.instance, Name=f"machine-{next(NAMES)}")
        self.set = permission_set["PermissionSet"]["PermissionSetArn"]
        self.state: dict[str, Any] = {}
        self.id = ""
        self.unfinished = False
        self.by_hand: Assigned = set()
        self.wanted = self.inputs("Developers", [], "all")

    def inputs(self, group: str, accounts: list[str], owns: str) -> dict[str, Any]:
        principal = {"principalType": "GROUP", "principalId": self.ids[group], "principalName": group}
        about = {"instanceArn": self.instance, "permissionSetArn": self.set, **principal}
        return {**about, "accounts": sorted(accounts), "owns": owns}

    def held(self, group: str) -> set[str]:
        rows = self.sso.list_account_assignments_for_principal(
            InstanceArn=self.instance, PrincipalId=self.ids[group], PrincipalType="GROUP"
        )["AccountAssignments"]
        return {row["AccountId"] for row in rows if row["PermissionSetArn"] == self.set}

    def assigned(self) -> Assigned:
        return {(group, account) for group in GROUPS for account in self.held(group)}

    def update(self, fates: list[str]) -> UnluckyClient:
        """One `pulumi up`, in a plugin process of its own, and what may be said of AWS after it."""
        client = UnluckyClient.of(*fates)
        before = self.assigned()
        made = self.made_by_update(client)
        after = self.assigned()
        if client.is_killed:
            # The engine keeps the state from before. What it lacks is drift: ExclusiveAssignments takes it.
            self.by_hand |= after - before
        elif made is not None:
            self.state, self.id, self.unfinished = dict(made.properties), made.id, bool(made.reasons)
            self.compare_with_state(after)
        self.compare_with_declaration(before, after)
        return client

    def made_by_update(self, client: UnluckyClient) -> Made | None:
        """What the update leaves in the state; None if there is nothing to do, or if it fails as a whole."""
        run = client.run
        try:
            if not self.state:
                return TYPE.create(run, self.wanted, Report())
            read_state = TYPE.read(run, self.id, self.state, self.wanted)
            assert read_state is not None
            self.state = dict(read_state.properties)
            if not self.unfinished and not TYPE.diff(run, self.state, self.wanted).changes:
                return None
            return TYPE.update(run, self.id, self.state, self.wanted, Report())
        except (CallFailed, Refused):
            return None

    def compare_with_state(self, after: Assigned) -> None:
        """Everything that this resource gave somebody is in its state, so that a later update can take it."""
        rows = [self.state, *self.state.get("leftovers", [])]
        names = {id_: name for name, id_ in self.ids.items()}
        in_state = {(names[row["principalId"]], account) for row in rows for account in row["accounts"]}
        assert after - self.by_hand <= in_state | {(self.wanted["principalName"], account) for account in ACCOUNTS}

    def compare_with_declaration(self, before: Assigned, after: Assigned) -> None:
        declared = {(self.wanted["principalName"], account) for account in self.wanted["accounts"]}
        assert before & declared <= after
        assert after <= before | declared
        # AWS deletes the role of an account in which nobody has the permission set any more.
        had_somebody = {account for _, account in before} & set(self.wanted["accounts"])
        assert had_somebody <= {account for _, account in after}

    @rule(
        group=st.sampled_from(GROUPS),
        accounts=st.lists(st.sampled_from(ACCOUNTS), unique=True),
        owns=st.sampled_from(["all", "listed"]),
        fates=FATES,
    )
    def declare_and_update(self, group, accounts, owns, fates) -> None:
        self.wanted = self.inputs(group, accounts, owns)
        self.update(fates)

    @rule(group=st.sampled_from(GROUPS), account=st.sampled_from(ACCOUNTS), action=st.sampled_from(ACTIONS))
    def somebody_changes_it_by_hand(self, group, account, action) -> None:
        self.by_hand.add((group, account))
        getattr(self.sso, f"{action}_account_assignment")(
            InstanceArn=self.instance,
            TargetId=account,
            TargetType="AWS_ACCOUNT",
            PermissionSetArn=self.set,
            PrincipalType="GROUP",
            PrincipalId=self.ids[group],
        )

    @rule()
    def a_clean_update_ends_at_the_declaration(self) -> None:
        group, declared = self.wanted["principalName"], set(self.wanted["accounts"])
        missing = declared - self.held(group)
        client = self.update([])
        assert not self.unfinished
        assert client.creates == len(missing)
        assignments = self.held(group)
        assert declared <= assignments
        if self.wanted["owns"] == "all":
            assert assignments == declared
        assert set(self.state["accounts"]) == declared
        assert "leftovers" not in self.state
        # A principal that was declared before has lost what this resource gave it.
        [other_group] = [name for name in GROUPS if name != group]
        assert {(other_group, account) for account in self.held(other_group)} <= self.by_hand
        again = self.update([])
        assert again.creates == 0

    def teardown(self) -> None:
        if hasattr(self, "set"):
            for group, account in itertools.product(GROUPS, ACCOUNTS):
                if account in self.held(group):
                    self.somebody_changes_it_by_hand(group, account, "delete")
            self.sso.list_permission_sets(InstanceArn=self.instance)
            self.sso.delete_permission_set(InstanceArn=self.instance, PermissionSetArn=self.set)


TestAssignmentsMachine = AssignmentsMachine.TestCase
TestAssignmentsMachine.settings = settings(
    max_examples=examples(10), stateful_step_count=7, deadline=None, suppress_health_check=list(HealthCheck)
)
