"""What a world starts with: a seed shipped here by name (`seeds/`), or a YAML file that names the same things.

organization: null, or {feature_set: ALL | CONSOLIDATED_BILLING, create_account_seconds, change_seconds,
               policy_type_seconds: how long it takes}
accounts: [{id: 12 digits, name, email, unit: Path/Of/OUs, joined, state, stands_alone}]      the members; all but the
               name may be left out, and the units are made as they are named
account_count: whole number                   as many accounts in all, the management account among them
trusted_services: [service principals]
policy_types: [SERVICE_CONTROL_POLICY, ...]   enabled in the root
identity_center: {region, status, ...}        the organization instance and what is in it (identity_center/seed.py)
delegated_administrator: account id           for sso.amazonaws.com
roles: [{name, trusted_principal: ARN or service principal, managed_policy: ARN}]   IAM roles of the management account
trails: [{name, region, multi_region, organization, logging}]   CloudTrail's, in the management account: without one
               that logs, EventBridge gets no event of an API call
caller: account id                            whose credentials the environment gets; the management account's
quotas: {name: number}                        instead of AWS's own (quotas.py)
assumptions: {name: true or false}            what AWS may do one way or the other (FIDELITY.md)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from .core import models
from .core.clock import Source
from .core.errors import SandboxError
from .core.quotas import Quotas
from .core.world import HOME_REGION, MANAGEMENT_ACCOUNT, World, serving
from .services import sso_admin
from .services.iam import aws_created_roles, service_linked_roles
from .services.identity_center.seed import IdentityCenter
from .services.organizations import SSO, concurrency, store
from .services.organizations.accounts import settle_in
from .services.organizations.service_access import is_recognized

FOLDER = Path(__file__).parent / "seeds"
NAMES = ("no-organization", "consolidated-billing", "organization", "sso-enabled", "member", "large")
# 2024-01-02T03:04:05Z: what a seed holds is older than what a run makes, and the same in every run.
SEEDED_AT = 1704164645.0

# What PyYAML raises: the last four of a tag that doesn't fit its text (!!int x), and of a text that is too deep.
_UNREADABLE = (OSError, yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError)

AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
Seconds = Annotated[float, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Organization(_Strict):
    feature_set: Literal["ALL", "CONSOLIDATED_BILLING"] = "ALL"
    create_account_seconds: Seconds = 0.2
    change_seconds: Seconds = 0.0
    policy_type_seconds: Seconds = 0.0


class Account(_Strict):
    name: str
    id: AccountId | None = None
    email: str | None = None
    joined: Literal["CREATED", "INVITED"] = "CREATED"
    state: Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"] = "ACTIVE"
    stands_alone: bool = True
    unit: Annotated[str, Field(pattern=r"^[^/]+(/[^/]+){0,4}$")] | None = None


class Trail(_Strict):
    """As organizations set them up: one for all Regions and accounts, on."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]{1,126}[A-Za-z0-9]$")] = "organization-trail"
    region: str = HOME_REGION
    multi_region: bool = True
    organization: bool = True
    logging: bool = True


class Role(_Strict):
    """An IAM role of the management account with one AWS managed policy."""

    name: Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,64}$")]
    trusted_principal: str
    managed_policy: Annotated[str, Field(pattern=r"^arn:aws:iam::aws:policy/.+$")]


class Assumptions(_Strict):
    """Behaviour that nobody has verified against AWS: a seed can choose either."""

    refuse_disabling_while_delegated: bool = False
    enabling_creates_role: bool = True
    creating_enables_scps: bool = False
    role_in_every_account: bool = True
    principal_lists_follow_groups: bool = False
    any_service_principal: bool = False
    refuse_concurrent_changes: bool = True


class Seed(_Strict):
    organization: Organization | None = None
    accounts: list[Account] = []
    account_count: Annotated[int, Field(ge=1, le=50_000)] | None = None
    trusted_services: list[str] = []
    policy_types: list[str] = []
    identity_center: IdentityCenter | None = None
    delegated_administrator: AccountId | None = None
    roles: list[Role] = []
    trails: list[Trail] = []
    caller: AccountId = MANAGEMENT_ACCOUNT
    quotas: Quotas = Quotas()
    assumptions: Assumptions = Assumptions()

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Seed:
        problems = [*_organization_problems(self), *_name_problems(self), *_account_problems(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _organization_problems(seed: Seed) -> Iterator[str]:
    """What the seed names and only an organization, or one with all features, can have."""
    names = ("accounts", "trusted_services", "policy_types", "identity_center", "delegated_administrator")
    has_all_features = _features(seed) == "ALL"
    for name in (name for name in names if getattr(seed, name)):
        if seed.organization is None:
            yield f"{name} needs an organization"
        elif name != "accounts" and not has_all_features:
            yield f"{name} needs feature_set ALL"
    if not has_all_features and any(trail.organization for trail in seed.trails):
        yield "trails: an organization's trail needs feature_set ALL"


def _name_problems(seed: Seed) -> Iterator[str]:
    policy_types = models.service("organizations").shape_for("PolicyType").metadata["enum"]
    for policy_type in seed.policy_types:
        if policy_type not in policy_types:
            yield f"policy_types: {policy_type} is none of {', '.join(policy_types)}"
    if seed.assumptions.any_service_principal:
        return
    for principal in seed.trusted_services:
        if not is_recognized(principal):
            yield f"trusted_services: {principal} is no service principal, such as {SSO}"


def _features(seed: Seed) -> str:
    return seed.organization.feature_set if seed.organization is not None else "ALL"


def _account_problems(seed: Seed) -> Iterator[str]:
    ids = [MANAGEMENT_ACCOUNT, *(account.id for account in seed.accounts if account.id)]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        yield f"accounts: {id_} is there twice ({MANAGEMENT_ACCOUNT} is the management account)"
    if seed.account_count is not None and seed.account_count <= len(seed.accounts):
        yield f"account_count is {seed.account_count}, and the file names {len(seed.accounts)} members besides"
    administrator = seed.delegated_administrator
    if administrator is None:
        return
    if administrator not in ids[1:]:
        yield f"delegated_administrator: {administrator} is no member account of the file"
    if SSO not in seed.trusted_services:
        yield f"delegated_administrator needs {SSO} in trusted_services"


def read(name_or_file: str | Path) -> Seed:
    """Raises SandboxError, with every problem of the file at once."""
    path = FOLDER / f"{name_or_file}.yaml" if str(name_or_file) in NAMES else Path(name_or_file)
    try:
        content = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise SandboxError(
            f"there is no seed {str(name_or_file)!r}: give one of {', '.join(NAMES)}, or a YAML file."
        ) from None
    except _UNREADABLE as error:
        raise SandboxError(f"the seed {path} can't be read as YAML: {error}") from None
    try:
        return Seed.model_validate({} if content is None else content)
    except ValidationError as error:
        problems = "; ".join(f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors())
        raise SandboxError(f"the seed {path} is not valid: {problems}") from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"


def grow(seed: Seed, source: Source | None = None) -> World:
    """A world with what the seed names in it."""
    world = World(caller=seed.caller, source=source or Source(), quotas=seed.quotas)
    for name, value in seed.assumptions:
        setattr(world, name, value)
    with serving(world):
        if seed.organization is not None:
            _organization(world, seed)
        for role in seed.roles:
            _add_role(world, role)
        for trail in seed.trails:
            _add_trail(trail, seed.organization is not None)
    return world


def _add_role(world: World, role: Role) -> None:
    kind = "AWS" if role.trusted_principal.startswith("arn:") else "Service"
    created_role = aws_created_roles.AwsCreatedRole(role.name, (kind, role.trusted_principal), role.managed_policy)
    aws_created_roles.create(world, MANAGEMENT_ACCOUNT, created_role)


def _add_trail(trail: Trail, has_organization: bool) -> None:
    """With the bucket that it needs, in the management account."""
    bucket = f"{trail.name}-{MANAGEMENT_ACCOUNT}".lower()
    buckets = s3_backends[MANAGEMENT_ACCOUNT]["aws"]
    if bucket not in buckets.buckets:
        buckets.create_bucket(bucket, trail.region)
    created = cloudtrail_backends[MANAGEMENT_ACCOUNT][trail.region].create_trail(
        name=trail.name,
        bucket_name=bucket,
        s3_key_prefix="",
        sns_topic_name="",
        is_global=True,
        is_multi_region=trail.multi_region,
        log_validation=True,
        is_org_trail=trail.organization and has_organization,
        cw_log_group_arn="",
        cw_role_arn="",
        kms_key_id="",
        tags_list=[],
    )
    if trail.logging:
        created.start_logging()


def _organization(world: World, seed: Seed) -> None:
    assert seed.organization is not None
    management = store.Account(MANAGEMENT_ACCOUNT, "management", "management@example.com", SEEDED_AT, method="INVITED")
    organization = store.new_organization("o-exampleorg01", management, "r-exam", seed.organization.feature_set)
    world.organization = organization
    world.delays |= {
        "create_account": seed.organization.create_account_seconds,
        "policy_types": seed.organization.policy_type_seconds,
        concurrency.DELAY: seed.organization.change_seconds,
    }
    for account in _accounts(seed):
        _add_account(world, account)
    for policy_type in seed.policy_types:
        organization.turn_on(policy_type)
    world.trusted = dict.fromkeys(seed.trusted_services, SEEDED_AT)
    if SSO in world.trusted:
        service_linked_roles.create_for_organization(world, in_trail=False)
    if seed.identity_center is not None:
        sso_admin.load(world, seed.identity_center, SEEDED_AT)
    if seed.delegated_administrator is not None:
        world.delegated[seed.delegated_administrator] = {SSO: SEEDED_AT}


def _accounts(seed: Seed) -> list[Account]:
    """The seed's accounts, and as many more as `account_count` says."""
    missing = (seed.account_count or 0) - 1 - len(seed.accounts)
    return seed.accounts + [Account(name=f"account-{number:05d}") for number in range(1, missing + 1)]


def _add_account(world: World, account: Account) -> None:
    """Ids that a seed leaves out follow from the order, so that runs repeat."""
    id_ = account.id or f"{500_000_000_000 + len(world.organization.accounts)}"
    email = account.email or f"{account.name}@example.com"
    member = store.Account(id_, account.name, email, SEEDED_AT, account.joined, account.state)
    member.stands_alone = account.stands_alone
    settle_in(world, member)
    if account.unit is not None:
        world.organization.place(member.id, _unit(world.organization, account.unit.split("/")))


def _unit(organization: store.Organization, path: list[str]) -> str:
    """The id of the unit at the end of the path; missing units are created."""
    parent = organization.root.id
    for name in path:
        unit = next((unit for unit in organization.units_of.of(parent) if unit.name == name), None)
        if unit is None:
            id_ = f"ou-{organization.root.id.removeprefix('r-')}-{len(organization.units):08d}"
            unit = store.Unit(id_, name, parent)
            organization.add_unit(unit)
        parent = unit.id
    return parent
