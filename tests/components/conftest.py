"""A recording monitor: what a program registers, with parents, options and dependencies, and no engine.

Answers are tables: type token → outputs, function token → result. A test may change them.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, settings
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.components.aws_reader import UNKNOWN_SIGN_IN
from pulumi_aws_identity_center.components.program import current_program

from sandbox.aws import EmbeddedAws

OUTPUTS: dict[str, dict[str, Any]] = {
    "aws:organizations/awsServiceAccess:AwsServiceAccess": {"dateEnabled": "2024-01-02T03:04:05+00:00"},
    "aws:sqs/queue:Queue": {"url": "https://sqs.us-east-1.amazonaws.com/111122223333/queue"},
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator": {"delegationEnabledDate": "2024-01-02"},
}
INSTANCE = "arn:aws:sso:::instance/ssoins-0000111122223333"
FUNCTIONS: dict[str, dict[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": "111122223333",
        "arn": "a",
        "id": "i",
        "userId": "u",
    },
    "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"},
    "aws:index/getRegion:getRegion": {"region": "us-east-1", "name": "us-east-1", "id": "us-east-1"},
    "aws:organizations/getOrganization:getOrganization": {
        "id": "o-exampleorg01",
        "masterAccountId": "111122223333",
        "featureSet": "ALL",
        "accounts": [{"id": "111122223333"}, {"id": "222233334444"}],
    },
    "aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators": {"delegatedAdministrators": []},
    "aws:ssoadmin/getInstances:getInstances": {
        "arns": ["arn:aws:sso:::instance/ssoins-1"],
        "identityStoreIds": ["d-1"],
        "id": "us-east-1",
    },
    "aws-identity-center:index:getInstance": {"instanceArn": INSTANCE, "identityStoreId": "d-1"},
    "aws-identity-center:index:getOrganization": {
        "callerAccountId": "111122223333",
        "organizationalUnits": ["Security"],
        "accounts": [
            {"id": "111122223333", "name": "management", "is_management": True},
            {"id": "222233334444", "name": "log", "organizational_unit": "Security"},
        ],
    },
    "aws-identity-center:index:getPrincipals": {"groups": {"Developers": "g-1"}, "users": {}},
    "aws-identity-center:index:declareGrants": {},
}


_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


class _Mocks(mocks.Mocks):
    def __init__(self, functions: dict[str, dict[str, Any]], accounts: dict[str, str]) -> None:
        self.functions = functions
        self.accounts = accounts

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        arn = f"arn:aws:mock:::{args.name}"
        return f"{args.name}-id", {"arn": arn, **args.inputs, **OUTPUTS.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        answer = self.functions[args.token]
        name = args.provider.split("::")[-2] if args.provider else ""
        if args.token == _CALLER and name in self.accounts:
            answer = {**answer, "accountId": self.accounts[name]}
        return answer, []


@dataclass
class Registered:
    """One registration, as the engine would have got it."""

    type: str
    name: str
    parent: str
    protect: bool
    retain_on_delete: bool
    provider: str
    dependencies: list[str]
    aliases: list[str]
    custom: bool
    urn: str
    props: dict[str, Any]
    import_id: str = ""
    version: str = ""
    ignored: list[str] = field(default_factory=list)


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: _Mocks, on_register: Callable[[str], None]) -> None:
        super().__init__(answers)
        self._on_register = on_register
        self.registered: list[Registered] = []
        self.finished: list[str] = []
        self.outputs: dict[str, dict[str, Any]] = {}
        self.invoked: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            self._on_register(request.type)
        with self._lock:
            self.registered.append(
                Registered(
                    request.type,
                    request.name,
                    request.parent.rpartition("::")[2],
                    request.protect,
                    request.retainOnDelete,
                    request.provider,
                    [urn.rpartition("::")[2] for urn in request.dependencies],
                    [_alias_urn(request, alias) for alias in request.aliases],
                    request.custom,
                    _urn(request.parent, request.type, request.name),
                    MessageToDict(request.object),
                    request.importId,
                    request.version,
                    list(request.ignoreChanges),
                )
            )
            return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.finished.append(request.urn.rpartition("::")[2])
        self.outputs[request.urn.rpartition("::")[2]] = MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)

    def Invoke(self, request: Any) -> Any:
        with self._lock:
            self.invoked.append((request.tok, request.provider, request.version))
        return super().Invoke(request)


def _urn(parent: str, type_: str, name: str) -> str:
    """As the engine makes it; the mocks' own has the stack's type in it."""
    above = parent.split("::")[2].removeprefix("pulumi:pulumi:Stack").removeprefix("$") if parent else ""
    return f"urn:pulumi:stack::project::{above}{'$' if above else ''}{type_}::{name}"


def _alias_urn(request: Any, alias: Any) -> str:
    if alias.urn:
        return str(alias.urn)
    spec = alias.spec
    parent = "" if spec.noParent else spec.parentUrn or request.parent
    return _urn(parent, spec.type or request.type, spec.name or request.name)


@dataclass
class Graph:
    """What a program made. finished: components with their outputs registered; invoked: function, provider, version."""

    resources: list[Registered]
    finished: list[str]
    value: Any = None
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    invoked: list[tuple[str, str, str]] = field(default_factory=list)

    def of(self, type_: str) -> list[Registered]:
        return [resource for resource in self.resources if resource.type == type_]


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """A program that failed leaves tasks; one that never began would be complained of in a later test."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


class AwsAnswers:
    """What AWS answers components that ask it directly, by the method of `Account`; the others can't be asked."""

    def __init__(self) -> None:
        self.status: Callable[..., Answer[Any]] = lambda arn: Answer({"Status": "ACTIVE", "InstanceArn": arn})

    def __getattr__(self, _question: str) -> Callable[..., Answer[Any]]:
        return lambda *_: UNKNOWN_SIGN_IN


@dataclass
class Deploy:
    """`deploy(build)` runs it as a program; what `build` returns (an Output or not) is `Graph.value`."""

    preview: bool
    functions: dict[str, dict[str, Any]] = field(default_factory=lambda: dict(FUNCTIONS))
    accounts: dict[str, str] = field(default_factory=lambda: {"other": "999988887777"})
    """The account that each explicit provider signs in to, by its name; 111122223333 for all others."""
    aws: Any = field(default_factory=AwsAnswers)
    on_register: Callable[[str], None] = lambda _: None
    """Told of the type of each resource of ours or aws's that reaches the engine."""

    def __call__(self, build: Callable[[], Any]) -> Graph:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        settings.ROOT.set(None)
        monitor = _Monitor(_Mocks(self.functions, self.accounts), self.on_register)
        mocks.set_mocks(monitor.mocks, project="project", stack="stack", preview=self.preview, monitor=monitor)
        results: list[Any] = []

        @pulumi.runtime.test
        def program() -> Any:
            current_program()  # as importing the components into a program does
            return pulumi.Output.from_input(build()).apply(results.append, run_with_unknowns=True)

        try:
            program()
        finally:
            _end(loop)
            loop.close()
            asyncio.set_event_loop(None)
        value = results[0] if results else None
        return Graph(monitor.registered, monitor.finished, value, monitor.outputs, monitor.invoked)


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def deploy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """Every test of a component runs as a preview and as an update."""
    deployment = Deploy(request.param)

    async def account_for(_component: pulumi.Resource) -> Answer[Any]:
        return Answer(deployment.aws)

    monkeypatch.setattr("pulumi_aws_identity_center.components.aws_reader.account_for", account_for)
    return deployment


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of this machine's AWS settings. One attempt a call, so that a fault which stays is told at once."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    isolated = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    for name, value in {**isolated, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def aws_account(bare_environment: pytest.MonkeyPatch) -> Iterator[Callable[..., Account]]:
    """An account's view of an AWS of its own."""
    with EmbeddedAws("sso-enabled") as cloud:

        def open_it() -> Account:
            for name, value in cloud.environment().items():
                bare_environment.setenv(name, value)
            return Account()

        yield open_it


@pytest.fixture(autouse=True)
def _words_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as in a program: a plugin that another test made words errors differently, process-wide."""
    monkeypatch.setattr("pulumi_aws_identity_center.components.user_errors._make", pulumi.RunError)
