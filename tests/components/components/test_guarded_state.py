"""Which of a guarded stack's resources a program still declares; the rest is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import SimpleNamespace
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime.sync_await import _sync_await
from pulumi_aws_identity_center.components import guarded_state
from pulumi_aws_identity_center.components.guarded_state import GuardedState
from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE

from tests.walk import walk

from .test_possible_urns import Parent

STACK = "urn:pulumi:stack::project::pulumi:pulumi:Stack::project-stack"
THEIRS = "urn:pulumi:stack::project::their:index:Theirs::theirs"
LOGIN = f"urn:pulumi:stack::project::{SERVICE_ACCESS_TYPE}::login"
INNER = f"urn:pulumi:stack::project::their:index:Theirs${SERVICE_ACCESS_TYPE}::theirs-login"
ROWS: dict[str, dict[str, Any]] = {
    LOGIN: {"type": SERVICE_ACCESS_TYPE, "outputs": {"servicePrincipal": "sso.amazonaws.com"}},
    INNER: {"type": SERVICE_ACCESS_TYPE, "outputs": {"servicePrincipal": "ram.amazonaws.com"}},
    f"urn:pulumi:stack::project::aws-identity-center:index:TrustedAccess${SERVICE_ACCESS_TYPE}::sso": {
        "type": SERVICE_ACCESS_TYPE
    },
    "urn:pulumi:stack::project::aws:iam/user:User::ann": {"type": "aws:iam/user:User"},
    THEIRS: {"type": "their:index:Theirs"},
}


def _left(state: GuardedState) -> list[str]:
    return sorted(state._undeclared)


def _declare(
    state: GuardedState, name: str, parent: str = STACK, type_: str = SERVICE_ACCESS_TYPE, **opts: Any
) -> None:
    args = pulumi.ResourceTransformArgs(True, type_, name, {}, pulumi.ResourceOptions(**opts))
    state.note_declared(parent, args)


def _read(state: GuardedState, name: str, id_: str, type_: str = SERVICE_ACCESS_TYPE) -> None:
    parent: Any = Parent("their:index:Theirs") if name.startswith("theirs") else None
    opts = pulumi.ResourceOptions(id=id_, parent=parent)
    args: Any = SimpleNamespace(type_=type_, name=name, props={}, resource=object(), opts=opts)
    state.note_resource(args)


def test_a_trusted_accesss_own_and_other_types_are_left_out() -> None:
    assert _left(GuardedState(ROWS)) == sorted([LOGIN, INNER])
    assert _left(GuardedState(None)) == []


def test_a_resource_is_declared_by_its_urn_or_an_alias() -> None:
    for name, parent, opts in (
        ("login", STACK, {}),
        ("new", STACK, {"aliases": [LOGIN]}),
        ("new", STACK, {"aliases": [pulumi.Alias(name="login")]}),
        ("login", THEIRS, {"aliases": [pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]}),
    ):
        state = GuardedState(ROWS)
        _declare(state, name, parent, **opts)
        assert _left(state) == [INNER]


def test_an_alias_of_a_parent_is_handed_down() -> None:
    state = GuardedState(ROWS)
    renamed = "urn:pulumi:stack::project::their:index:Theirs::ours"
    _declare(state, "ours", STACK, "their:index:Theirs", aliases=[pulumi.Alias(name="theirs")])
    _declare(state, "ours-login", renamed)
    assert _left(state) == [LOGIN]
    state = GuardedState(ROWS)
    _declare(state, "ours", STACK, "their:index:Ours", aliases=[THEIRS])
    _declare(state, "new", STACK, aliases=[pulumi.Alias(name="theirs-login", parent=renamed.replace("Theirs", "Ours"))])
    assert _left(state) == [LOGIN]


@walk(
    ("name", "parent", "aliases"),
    [
        ("new", STACK, []),
        ("login", THEIRS, []),
        ("new", STACK, [pulumi.Alias(name="theirs-login")]),
        ("new", THEIRS, [pulumi.Alias(name="login")]),
        ("new", STACK, [pulumi.Alias(name="login", parent=THEIRS)]),
        ("new", STACK, [pulumi.Alias(name="login", project="other")]),
        ("new", STACK, [pulumi.Alias(name="login", stack="other")]),
        ("new", STACK, [pulumi.Alias(name="login", type_="aws:iam/user:User")]),
        ("new", STACK, [INNER.replace("login", "other"), f"{LOGIN}-other"]),
        ("ours-login", f"{THEIRS}-other", []),
    ],
)
def test_what_means_no_resource_of_the_state_declares_none(name: str, parent: str, aliases: list[Any]) -> None:
    state = GuardedState(ROWS)
    _declare(state, f"{name_of(THEIRS)}-other", STACK, "their:index:Theirs", aliases=[pulumi.Alias(name="nobody")])
    _declare(state, name, parent, aliases=aliases)
    assert _left(state) == sorted([LOGIN, INNER])


def test_a_resource_continues_the_first_that_the_state_has() -> None:
    """As the engine does: its own URN, then its aliases in their order, then those below its parent's old one."""
    state = GuardedState(ROWS)
    _declare(state, "login", STACK, aliases=[INNER])
    assert _left(state) == [INNER]
    state = GuardedState(ROWS)
    _declare(state, "new", STACK, aliases=[f"{LOGIN}-gone", INNER, LOGIN])
    assert _left(state) == [LOGIN]


def test_another_service_in_a_reads_place_is_refused() -> None:
    state = GuardedState(ROWS)
    _read(state, "login", "sso.amazonaws.com")
    assert _left(state) == [INNER]
    with pytest.raises(pulumi.RunError, match="refuses to read or import another resource as theirs-login"):
        _read(state, "theirs-login", "sso.amazonaws.com")


def test_of_an_administrator_account_and_service_make_it_another() -> None:
    urn = f"urn:pulumi:stack::project::{DELEGATED_ADMINISTRATOR_TYPE}::admin"
    outputs = {"accountId": "222233334444", "servicePrincipal": "sso.amazonaws.com"}
    state = GuardedState({urn: {"type": DELEGATED_ADMINISTRATOR_TYPE, "outputs": outputs}})
    with pytest.raises(pulumi.RunError, match="refuses to read"):
        _read(state, "admin", "333344445555/sso.amazonaws.com", DELEGATED_ADMINISTRATOR_TYPE)
    _read(state, "admin", "222233334444/sso.amazonaws.com", DELEGATED_ADMINISTRATOR_TYPE)
    assert _left(state) == []


def test_undeclared_resources_are_kept_after_the_programs_tasks(deploy: Any) -> None:
    rows = {**ROWS, f"urn:pulumi:stack::project::{ORGANIZATION_TYPE}::org": {"type": ORGANIZATION_TYPE}}
    state = GuardedState(rows)

    async def declare_late() -> None:
        await asyncio.sleep(0.05)
        _declare(state, "login")

    def build() -> Any:
        state.keep_undeclared()
        late: pulumi.Output[Any] = pulumi.Output.from_input(0).apply(lambda _: declare_late())
        return late

    graph = deploy(build)
    resources = {row.name: row for row in graph.resources if row.custom}
    assert sorted(resources) == ["org", "their:index:Theirs$theirs-login"]
    for row in resources.values():
        assert (row.protect, row.retain_on_delete, row.ignored) == (True, True, ["*"])
    assert resources["their:index:Theirs$theirs-login"].aliases == [INNER]


def test_a_task_that_never_ends_is_not_waited_for(deploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_state, "_PATIENCE", 0.05)
    endless: list[asyncio.Task[Any]] = []

    def build() -> None:
        GuardedState(ROWS).keep_undeclared()
        endless.append(asyncio.ensure_future(asyncio.sleep(3600)))

    assert sorted(row.name for row in deploy(build).resources if row.custom) == [
        "login",
        "their:index:Theirs$theirs-login",
    ]
    assert not endless[0].done() or endless[0].cancelled()


def test_a_program_that_waits_for_an_invoke_is_not_over(deploy: Any) -> None:
    """The event loop runs below the program then, and there may be no other task when the answer arrives."""

    def build() -> None:
        state = GuardedState(ROWS)
        state.keep_undeclared()
        answer = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.05, answer.set_result, None)
        _sync_await(answer)
        _declare(state, "login")

    assert [row.name for row in deploy(build).resources if row.custom] == ["their:index:Theirs$theirs-login"]


class CompiledCoroutine(Coroutine[Any, None, None]):
    """A long one that is no Python function's, as those of gRPC's server."""

    def __init__(self) -> None:
        self._inner = asyncio.sleep(3600)

    def send(self, value: None) -> Any:
        return self._inner.send(value)

    def throw(self, *error: Any) -> Any:
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, None, None]:
        return self._inner.__await__()


def test_a_task_in_compiled_code_is_not_waited_for(deploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_state, "_PATIENCE", 3600)

    def build() -> None:
        GuardedState(ROWS).keep_undeclared()
        server_tasks.append(asyncio.ensure_future(CompiledCoroutine()))

    server_tasks: list[asyncio.Future[None]] = []
    assert sorted(row.name for row in deploy(build).resources if row.custom) == [
        "login",
        "their:index:Theirs$theirs-login",
    ]
    assert not server_tasks[0].done() or server_tasks[0].cancelled()


def test_grpcs_server_which_serves_transforms_runs_in_compiled_code() -> None:
    async def server_tasks() -> list[bool]:
        server = grpc.aio.server()
        server.add_insecure_port("127.0.0.1:0")
        await server.start()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        answers = [guarded_state._may_declare(task) for task in tasks]
        await server.stop(None)
        return answers

    answers = asyncio.run(server_tasks())
    assert answers
    assert not any(answers)
