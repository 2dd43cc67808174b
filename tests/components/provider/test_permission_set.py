"""PermissionSet against the embedded AWS, with each fault at each call of an update that changes something."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.permission_sets import PermissionSets, ProvisioningFailed
from pulumi_aws_identity_center.aws.provider_client import CONFLICT, CallFailed, ProviderClient
from pulumi_aws_identity_center.provider import permission_set
from pulumi_aws_identity_center.provider.permission_set import PermissionSetType
from pulumi_aws_identity_center.provider.permission_set_parts import only_parts
from pulumi_aws_identity_center.provider.resource_type import Made, Properties, Refused
from pulumi_aws_identity_center.provider.run import Report, Run

from sandbox.aws import EmbeddedAws

from .unlucky_client import FAULTS, UnluckyClient, impatient_cloud

ACCOUNT = "222233334444"
READ_ONLY, BILLING = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "job-function/Billing"))
INLINE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
BEFORE: dict[str, Any] = {
    "description": "One",
    "sessionDuration": "PT1H",
    "managedPolicies": [READ_ONLY],
    "tags": {"team": "a"},
}
AFTER: dict[str, Any] = {
    "description": "Two",
    "sessionDuration": "PT2H",
    "managedPolicies": [BILLING],
    "inlinePolicy": json.dumps(INLINE),
    "permissionsBoundary": {"managedPolicy": READ_ONLY},
    "tags": {"owner": "b"},
}
TYPE = PermissionSetType()
NAMES = itertools.count()


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedAws]:
    with impatient_cloud() as running:
        yield running


@dataclass
class Engine:
    """One permission set, whose state is kept as the engine does."""

    cloud: EmbeddedAws
    name: str = field(default_factory=lambda: f"set-{next(NAMES)}")
    state: dict[str, Any] = field(default_factory=dict)
    is_unfinished: bool = False

    def __post_init__(self) -> None:
        self.sso = self.cloud.client("sso-admin")
        [instance] = self.sso.list_instances()["Instances"]
        self.instance, self.store = instance["InstanceArn"], instance["IdentityStoreId"]
        self.client = UnluckyClient.of()
        self.client.spares_reads = True
        self.sets = Run(self.client).instance(self.instance).permission_sets

    def update(self, parts: dict[str, Any], *fates: str) -> UnluckyClient:
        """One `pulumi up`, in a plugin process of its own."""
        self.client.begin(*fates)
        made = self._made({"instanceArn": self.instance, "name": self.name, **parts}, self.client.run)
        if made is not None and not self.client.is_killed:
            self.state, self.is_unfinished = dict(made.properties), bool(made.reasons)
        return self.client

    def _made(self, news: dict[str, Any], run: Run) -> Made | None:
        """What the update leaves in the state; None if there is nothing to do, or if it fails as a whole."""
        try:
            if not self.state:
                return TYPE.create(run, news, Report())
            read_state = TYPE.read(run, "", self.state, news)
            assert read_state is not None
            state = dict(read_state.properties)
            if not self.is_unfinished and not TYPE.diff(run, state, news).changes:
                return None
            return TYPE.update(run, "", state, news, Report())
        except (CallFailed, Refused):
            return None

    def assign(self) -> None:
        [group, *_] = self.cloud.client("identitystore").list_groups(IdentityStoreId=self.store)["Groups"]
        self.sso.create_account_assignment(
            InstanceArn=self.instance,
            TargetId=ACCOUNT,
            TargetType="AWS_ACCOUNT",
            PermissionSetArn=self.state["arn"],
            PrincipalType="GROUP",
            PrincipalId=group["GroupId"],
        )

    def in_aws(self) -> dict[str, Any]:
        properties = self.sets.read(self.state["arn"])
        assert properties is not None
        return dict(only_parts(properties))

    def outdated(self) -> list[str]:
        return self.sets.outdated_accounts(self.state["arn"])


def deployed(cloud: EmbeddedAws) -> Engine:
    engine = Engine(cloud)
    engine.update(BEFORE)
    engine.assign()
    return engine


# Killed before a call is killed after the one before it, and before the first nothing has happened.
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "killed before"])
def test_the_next_update_does_what_a_fault_left(cloud: EmbeddedAws, fault: str) -> None:
    """At whichever call: the parts end as declared, and the role in the account is the permission set's."""
    engine = deployed(cloud)
    for place in itertools.count():
        engine.update(BEFORE)
        interrupted = engine.update(AFTER, *["sent"] * place, fault)
        if interrupted.fates:
            break  # the update makes no more calls than that
        engine.update(AFTER)
        assert engine.in_aws() == AFTER, place
        assert engine.outdated() == [], place
        assert engine.update(AFTER).writes == 0, place
    assert place > 5


@pytest.mark.parametrize("fault", ["throttled", "lost", "denied", "cancelled"])
def test_a_creation_that_a_fault_met_is_finished(cloud: EmbeddedAws, fault: str) -> None:
    """Where the plugin is killed, the next preview says that the permission set exists."""
    for place in itertools.count():
        engine = Engine(cloud)
        interrupted = engine.update(AFTER, *["sent"] * place, fault)
        if interrupted.fates:
            break
        engine.update(AFTER)
        assert engine.in_aws() == AFTER, place
        engine.sso.delete_permission_set(InstanceArn=engine.instance, PermissionSetArn=engine.state["arn"])
    assert place > 2


@pytest.mark.parametrize("fates", [(), ("throttled",), ("throttled", "throttled")])
def test_a_permission_set_that_somebody_else_made_is_never_taken(cloud: EmbeddedAws, fates: tuple[str, ...]) -> None:
    """It came between the look for the name and the creation."""
    engine = Engine(cloud)
    engine.client.begin(*fates)
    run = engine.client.run
    assert engine.name not in run.instance(engine.instance).permission_sets.names()
    engine.sso.create_permission_set(InstanceArn=engine.instance, Name=engine.name)
    with pytest.raises(CallFailed, match=r"already exists"):
        TYPE.create(run, {"instanceArn": engine.instance, "name": engine.name, **AFTER}, Report())
    assert engine.client.writes == 1


class RefusesOnce(ProviderClient):
    """Answers the first change with a conflict of that message."""

    refusals: list[CallFailed]
    sent: list[str]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.sent.append(operation)
        if self.refusals:
            raise self.refusals.pop()
        return {}


@pytest.mark.parametrize(
    ("message", "calls"), [("Conflict: an operation is already in progress.", 2), ("Policy is already attached.", 1)]
)
def test_a_policy_is_attached_only_where_aws_says_so(message: str, calls: int) -> None:
    client = RefusesOnce()
    client.refusals, client.sent = [CallFailed("attach", "other", CONFLICT, message)], []
    assert PermissionSets(client, "instance").change("arn", {}, {"managedPolicies": [READ_ONLY]})
    assert client.sent == ["attach_managed_policy_to_permission_set"] * calls


class Provisioning(ProviderClient):
    """An instance whose roles in these accounts are left behind by what provisions all of them at once."""

    left: list[str]
    sent: list[str]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.sent.append(parameters.get("TargetId", "all"))
        return {"PermissionSetProvisioningStatus": {"Status": "SUCCEEDED"}}

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        return iter(self.left)


@pytest.mark.parametrize(
    ("number", "stopped", "sent"), [(3_500, False, ["all"]), (3_501, False, ["all", "1", "2"]), (3_501, True, ["all"])]
)
def test_accounts_that_aws_leaves_out_are_provisioned_too(number: int, stopped: bool, sent: list[str]) -> None:
    client = Provisioning()
    client.left, client.sent = ["1", "2"], []
    sets = PermissionSets(client, "instance")
    with pytest.raises(ProvisioningFailed, match="Cancelled") if stopped else contextlib.nullcontext():
        sets.provision("arn", [str(account) for account in range(number)], lambda: stopped)
    assert client.sent == sent


def test_a_name_is_free_again_after_its_deletion(cloud: EmbeddedAws) -> None:
    engine = Engine(cloud)
    engine.update(BEFORE)
    engine.client.begin()
    run = engine.client.run
    assert engine.name in run.instance(engine.instance).permission_sets.names()
    TYPE.delete(run, "", engine.state, Report())
    made = TYPE.create(run, {"instanceArn": engine.instance, "name": engine.name, **BEFORE}, Report())
    assert made.reasons == ()


class Tagged(ProviderClient):
    """A permission set with a tag of the user's, and with tags that AWS keeps itself."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return (
            {"PermissionSet": {"Name": "x", "PermissionSetArn": "arn"}}
            if operation == "describe_permission_set"
            else {}
        )

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        keys = ("aws:cloudformation:stack-name", "AWS:x", "team") if key == "Tags" else ()
        return iter([{"Key": name, "Value": "a"} for name in keys])


def test_tags_that_aws_keeps_itself_are_no_change() -> None:
    properties = PermissionSets(Tagged(), "instance").read("arn")
    assert properties is not None
    assert properties["tags"] == {"team": "a"}


def _policies(number: int) -> list[dict[str, str]]:
    return [{"name": f"own-{place}", "path": "/"} for place in range(number)]


def _tags(number: int) -> dict[str, str]:
    return {f"key-{place}": "a" for place in range(number)}


def _document(size: int, filler: str = "x") -> str:
    """Of so many bytes."""
    empty = json.dumps({"Version": "2012-10-17", "Statement": [], "Id": ""}, separators=(",", ":"))
    return json.dumps({**json.loads(empty), "Id": filler * (size - len(empty))}, separators=(",", ":"))


LIMITS: dict[str, Callable[[int], dict[str, Any]]] = {
    "name 32": lambda size: {"name": "n" * size},
    "description 700": lambda size: {"description": "d" * size},
    "relayState 240": lambda size: {"relayState": "r" * size},
    "sessionDuration 12": lambda hours: {"sessionDuration": f"PT{hours}H"},
    "managedPolicies 25": lambda number: {
        "managedPolicies": [READ_ONLY],
        "customerManagedPolicies": _policies(number - 1),
    },
    "customerManagedPolicies 128": lambda size: {"customerManagedPolicies": [{"name": "p" * size, "path": "/"}]},
    "customerManagedPolicies 512": lambda size: {
        "customerManagedPolicies": [{"name": "p", "path": f"/{'p' * (size - 2)}/"}]
    },
    "permissionsBoundary 128": lambda size: {
        "permissionsBoundary": {"customerManagedPolicy": {"name": "b" * size, "path": "/"}}
    },
    "inlinePolicy 10240": lambda size: {"inlinePolicy": _document(size)},
    "inlinePolicy 32768": lambda size: {"inlinePolicy": _document(size, " ")},
    "tags 50": lambda number: {"tags": _tags(number)},
    "tags 128": lambda size: {"tags": {"k" * size: "a"}},
    "tags 256": lambda size: {"tags": {"a": "v" * size}},
}


@pytest.mark.parametrize("limit", LIMITS)
def test_aws_takes_the_most_that_the_check_takes(cloud: EmbeddedAws, limit: str) -> None:
    """So that a preview refuses what an update could not do, and nothing else."""
    name, most = limit.split()
    engine = Engine(cloud)
    run = Run(UnluckyClient.of())

    def checked(size: int) -> tuple[Properties, list[tuple[str, str]]]:
        return TYPE.check(run, "urn", {"instanceArn": engine.instance, "name": engine.name, **LIMITS[limit](size)})

    inputs, problems = checked(int(most))
    assert problems == []
    assert TYPE.create(run, inputs, Report()).reasons == ()
    assert [key for key, _ in checked(int(most) + 1)[1]] == [name]


def test_a_policy_of_another_partition_is_refused(cloud: EmbeddedAws) -> None:
    inputs = {"instanceArn": Engine(cloud).instance, "name": "n", "managedPolicies": ["arn:aws-cn:iam::aws:policy/P"]}
    [(key, sentence)] = TYPE.check(Run(UnluckyClient.of()), "urn", inputs)[1]
    assert (key, "one that begins with arn:aws:." in sentence) == ("managedPolicies", True)


def test_a_quota_that_aws_may_have_raised_is_warned_of(cloud: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = deployed(cloud)
    monkeypatch.setattr(permission_set, "_MOST", 1)
    warnings: list[str] = []
    news = {"instanceArn": engine.instance, "name": "another"}
    TYPE.preview_create(Run(UnluckyClient.of()), news, Report(warn=warnings.append))
    assert "AWS takes 1, unless it has raised your quota" in warnings[0]
