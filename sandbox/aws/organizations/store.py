"""An organization as plain data: accounts, units, policies, what is attached where, handshakes.

Only data, ids and ARNs (formats: service-authorization/latest/reference/list_awsorganizations.html); what an
operation does with it is in the file named after its kind. Identifiers come from the world, so that runs repeat.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    closing_until: float = 0.0  # when PENDING_CLOSURE becomes SUSPENDED
    kind = "ACCOUNT"


@dataclass
class Unit:
    """An organizational unit, or the root (whose parent is None)."""

    id: str
    name: str
    parent: str | None

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
    targets: dict[str, None] = field(default_factory=dict)  # ids in order of attachment


@dataclass
class Handshake:
    """parties: (type, id). parent: the ENABLE_ALL_FEATURES handshake that an approval belongs to."""

    id: str
    action: str
    parties: list[dict[str, str]]
    requested: float
    expires: float
    state: str = "REQUESTED"
    notes: str | None = None
    parent: str | None = None
    tags: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Creation:
    """One CreateAccount request. due: when it is decided; failure: the reason it will then fail for."""

    id: str
    name: str
    email: str
    role: str
    tags: dict[str, str]
    requested: float
    due: float
    state: str = "IN_PROGRESS"
    completed: float | None = None
    account: str | None = None
    failure: str | None = None


@dataclass
class Organization:
    """children: parent id → ids of its accounts and units, in order; parents: the way back."""

    id: str
    management: str
    root: Unit
    feature_set: str = "ALL"
    accounts: dict[str, Account] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, None]] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    policy_types: list[str] = field(default_factory=list)
    attached: dict[str, dict[str, None]] = field(default_factory=dict)  # target id → policy ids
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    creations: dict[str, Creation] = field(default_factory=dict)
    handshakes: dict[str, Handshake] = field(default_factory=dict)
    closures: list[float] = field(default_factory=list)  # when accounts were closed
    resource_policy: dict[str, str] | None = None  # id, content

    def arn(self, kind: str, *parts: str) -> str:
        return f"arn:aws:organizations::{self.management}:{'/'.join((kind, self.id, *parts))}"

    def place(self, child: str, parent: str) -> None:
        """Puts an account or unit under a parent, taking it from where it was."""
        before = self.parents.get(child)
        if before is not None:
            del self.children[before][child]
        self.parents[child] = parent
        self.children.setdefault(parent, {})[child] = None

    def add_account(self, account: Account, parent: str | None = None) -> None:
        self.accounts[account.id] = account
        self.place(account.id, parent or self.root.id)
        self.attach_defaults(account.id)

    def remove_account(self, account_id: str) -> None:
        """Takes the account out with all that was attached to it."""
        for policy_id in self.attached.pop(account_id, {}):
            self.policies[policy_id].targets.pop(account_id, None)
        self.children[self.parents.pop(account_id)].pop(account_id)
        self.tags.pop(account_id, None)
        del self.accounts[account_id]

    def attach(self, policy_id: str, target: str) -> None:
        self.attached.setdefault(target, {})[policy_id] = None
        self.policies[policy_id].targets[target] = None

    def detach(self, policy_id: str, target: str) -> None:
        del self.attached[target][policy_id]
        del self.policies[policy_id].targets[target]

    def attach_defaults(self, target: str) -> None:
        """Where SCPs or RCPs are on, every entity starts with the policy that allows all."""
        for policy_type, policy_id in FULL_ACCESS.items():
            if policy_type in self.policy_types:
                self.attach(policy_id, target)

    def target(self, target: str) -> Account | Unit | None:
        return self.accounts.get(target) or self.units.get(target)

    def path_to(self, target: str) -> list[str]:
        """The target's ids from the root down to itself."""
        path = [target]
        while path[-1] in self.parents:
            path.append(self.parents[path[-1]])
        return path[::-1]


def describe_account(organization: Organization, account: Account) -> dict[str, Any]:
    return {
        "Id": account.id,
        "Arn": organization.arn("account", account.id),
        "Email": account.email,
        "Name": account.name,
        "Status": account.state,
        "State": account.state,
        "JoinedMethod": account.method,
        "JoinedTimestamp": account.joined,
    }


def describe_unit(organization: Organization, unit: Unit) -> dict[str, Any]:
    return {"Id": unit.id, "Arn": organization.arn("ou", unit.id), "Name": unit.name}


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
        organization.policies[policy_id] = Policy(
            policy_id,
            policy_id.removeprefix("p-"),
            f"Allows access to every {'operation' if policy_type.startswith('SERVICE') else 'resource'}",
            policy_type,
            allow[policy_type],
            aws_managed=True,
        )
    organization.add_account(management)
    return organization
