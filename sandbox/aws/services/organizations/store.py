"""An organization as plain data: accounts, units, policies, what is attached where, handshakes.

Only data, ids and ARNs (formats: service-authorization/latest/reference/list_awsorganizations.html); what an
operation does with it is in the file named after its kind. Identifiers come from the world, so that runs repeat.
What is listed has a number and is kept in its order, so that a page costs the same wherever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.core.rows import Index, Numbered, Rows

FULL_ACCESS = {"SERVICE_CONTROL_POLICY": "p-FullAWSAccess", "RESOURCE_CONTROL_POLICY": "p-RCPFullAWSAccess"}


@dataclass
class Account:
    id: str
    name: str
    email: str
    joined: float
    method: str = "CREATED"
    state: str = "ACTIVE"
    role: str = "OrganizationAccountAccessRole"
    stands_alone: bool = True  # whether it has what a standalone account needs: contacts, a means of payment
    number: int = 0
    kind = "ACCOUNT"

    @property
    def status(self) -> str:
        """The older of the two: an account that is CLOSED is SUSPENDED there."""
        return "SUSPENDED" if self.state == "CLOSED" else self.state


@dataclass
class Unit:
    """An organizational unit, or the root (whose parent is None)."""

    id: str
    name: str
    parent: str | None
    number: int = 0

    @property
    def kind(self) -> str:
        return "ROOT" if self.parent is None else "ORGANIZATIONAL_UNIT"


@dataclass
class Policy:
    id: str
    name: str
    description: str
    type: str
    content: str
    aws_managed: bool = False
    updated: float = 0.0
    number: int = 0
    targets: dict[str, Numbered[str]] = field(default_factory=dict)
    targets_in_order: Rows[Numbered[str]] = field(default_factory=Rows)


@dataclass
class Handshake:
    """parties: the organization, then the receiver. parent: the ENABLE_ALL_FEATURES handshake that an approval belongs
    to."""

    id: str
    action: str
    parties: list[dict[str, str]]
    requested: float
    expires: float
    state: str = "REQUESTED"
    parent: str | None = None
    number: int = 0


@dataclass
class Creation:
    """One CreateAccount request."""

    id: str
    name: str
    email: str
    role: str
    tags: dict[str, str]
    requested: float
    state: str = "IN_PROGRESS"
    completed: float | None = None
    account: str | None = None
    failure: str | None = None


@dataclass
class Organization:
    """parents: child → parent, of accounts and units. due: what time alone moves on (due_changes.py)."""

    id: str
    management: str
    root: Unit
    feature_set: str = "ALL"
    count: int = 0
    accounts: dict[str, Account] = field(default_factory=dict)
    accounts_in_order: Rows[Account] = field(default_factory=Rows)
    units: dict[str, Unit] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    accounts_of: Index[str, Account] = field(default_factory=Index)
    units_of: Index[str, Unit] = field(default_factory=Index)
    policies: dict[str, Policy] = field(default_factory=dict)
    policies_of_type: Index[str, Policy] = field(default_factory=Index)
    policy_types: dict[str, str] = field(default_factory=dict)  # type → status
    attached: dict[str, dict[str, None]] = field(default_factory=dict)  # target id → policy ids
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    creations: dict[str, Creation] = field(default_factory=dict)
    handshakes: dict[str, Handshake] = field(default_factory=dict)
    handshakes_in_order: Rows[Handshake] = field(default_factory=Rows)
    due: dict[str, float] = field(default_factory=dict)
    closures: list[float] = field(default_factory=list)  # when accounts were closed

    def arn(self, kind: str, *parts: str) -> str:
        return f"arn:aws:organizations::{self.management}:{'/'.join((kind, self.id, *parts))}"

    def next_number(self) -> int:
        self.count += 1
        return self.count

    def place(self, child: str, parent: str) -> None:
        """Puts an account or unit under a parent, taking it from where it was."""
        self._unplace(child)
        self.parents[child] = parent
        if child in self.accounts:
            self.accounts_of.add(parent, self.accounts[child])
        else:
            self.units_of.add(parent, self.units[child])

    def _unplace(self, child: str) -> None:
        before = self.parents.pop(child, None)
        if before is None:
            return
        if child in self.accounts:
            self.accounts_of.discard(before, self.accounts[child])
        else:
            self.units_of.discard(before, self.units[child])

    def add_account(self, account: Account, parent: str | None = None) -> None:
        account.number = self.next_number()
        self.accounts[account.id] = account
        self.accounts_in_order.add(account)
        self.place(account.id, parent or self.root.id)
        self.attach_defaults(account.id)

    def remove_account(self, account_id: str) -> None:
        """Takes the account out with all that was attached to it."""
        self._strip(account_id)
        self.due.pop(account_id, None)
        self.accounts_in_order.discard(self.accounts.pop(account_id))

    def add_unit(self, unit: Unit) -> None:
        assert unit.parent is not None
        unit.number = self.next_number()
        self.units[unit.id] = unit
        self.place(unit.id, unit.parent)
        self.attach_defaults(unit.id)

    def remove_unit(self, unit_id: str) -> None:
        self._strip(unit_id)
        del self.units[unit_id]

    def _strip(self, target: str) -> None:
        for policy_id in list(self.attached.get(target, {})):
            self.detach(policy_id, target)
        self._unplace(target)
        self.tags.pop(target, None)

    def add_policy(self, policy: Policy) -> None:
        policy.number = self.next_number()
        self.policies[policy.id] = policy
        self.policies_of_type.add(policy.type, policy)

    def remove_policy(self, policy_id: str) -> None:
        policy = self.policies.pop(policy_id)
        self.policies_of_type.discard(policy.type, policy)
        self.tags.pop(policy_id, None)

    def attach(self, policy_id: str, target: str) -> None:
        policy, row = self.policies[policy_id], Numbered(self.next_number(), target)
        self.attached.setdefault(target, {})[policy_id] = None
        policy.targets[target] = row
        policy.targets_in_order.add(row)

    def detach(self, policy_id: str, target: str) -> None:
        policy = self.policies[policy_id]
        del self.attached[target][policy_id]
        if not self.attached[target]:
            del self.attached[target]
        policy.targets_in_order.discard(policy.targets.pop(target))

    def turn_on(self, policy_type: str) -> None:
        self.policy_types[policy_type] = "ENABLED"
        if policy_type in FULL_ACCESS:
            for target in (*self.units, *self.accounts):
                self.attach(FULL_ACCESS[policy_type], target)

    def turn_off(self, policy_type: str) -> None:
        """Detaches all of that type."""
        del self.policy_types[policy_type]
        for policy in self.policies_of_type.of(policy_type):
            for target in list(policy.targets):
                self.detach(policy.id, target)

    def attach_defaults(self, target: str) -> None:
        """Where SCPs or RCPs are on, every entity starts with the policy that allows all."""
        for policy_type, policy_id in FULL_ACCESS.items():
            if policy_type in self.policy_types:
                self.attach(policy_id, target)

    def add_handshake(self, handshake: Handshake) -> None:
        handshake.number = self.next_number()
        self.handshakes[handshake.id] = handshake
        self.handshakes_in_order.add(handshake)

    def remove_handshake(self, handshake_id: str) -> None:
        self.handshakes_in_order.discard(self.handshakes.pop(handshake_id))

    def target(self, target: str) -> Account | Unit | None:
        return self.accounts.get(target) or self.units.get(target)

    def path_to(self, target: str) -> list[str]:
        """The target's ids from the root down to itself."""
        path = [target]
        while path[-1] in self.parents:
            path.append(self.parents[path[-1]])
        return path[::-1]

    def path(self, target: str) -> str:
        """As the condition key aws:PrincipalOrgPaths has it."""
        return "/".join((self.id, *self.path_to(target), ""))


def describe_account(organization: Organization, account: Account) -> dict[str, Any]:
    return {
        "Id": account.id,
        "Arn": organization.arn("account", account.id),
        "Email": account.email,
        "Name": account.name,
        "Status": account.status,
        "State": account.state,
        "Paths": [organization.path(account.id)],
        "JoinedMethod": account.method,
        "JoinedTimestamp": account.joined,
    }


def describe_unit(organization: Organization, unit: Unit) -> dict[str, Any]:
    return {
        "Id": unit.id,
        "Arn": organization.arn("ou", unit.id),
        "Name": unit.name,
        "Path": organization.path(unit.id),
    }


def new_organization(id_: str, management: Account, root_id: str, feature_set: str = "ALL") -> Organization:
    """An organization of one account, with the AWS managed policies that allow all."""
    root = Unit(root_id, "Root", None)
    organization = Organization(id_, management.id, root, feature_set)
    organization.units[root.id] = root
    allow: dict[str, str] = {
        "SERVICE_CONTROL_POLICY": '{"Version":"2012-10-17","Statement":'
        '[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        "RESOURCE_CONTROL_POLICY": '{"Version":"2012-10-17","Statement":'
        '[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    }
    for policy_type, policy_id in FULL_ACCESS.items():
        policy = Policy(
            policy_id,
            policy_id.removeprefix("p-"),
            f"Allows access to every {'operation' if policy_type.startswith('SERVICE') else 'resource'}",
            policy_type,
            allow[policy_type],
            aws_managed=True,
        )
        organization.add_policy(policy)
    organization.add_account(management)
    return organization
