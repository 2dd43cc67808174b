"""The transform by itself: how it changes a resource that the engine passes to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center.components.guard_stack import StackGuard
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
)

from tests.walk import walk

UNKNOWN = pulumi.output.UNKNOWN
LIST = {"awsServiceAccessPrincipals": ["sso.amazonaws.com"]}
TRUSTED_ACCESS = "aws-identity-center:index:TrustedAccess"


class _Parent:
    def __init__(self, urn: str) -> None:
        self._urn = urn

    @property
    def urn(self) -> Any:
        return pulumi.Output.from_input(self._urn)


def _show(guard: StackGuard, type_: str, props: dict[str, Any], *, name: str = "it", parent: Any = None, **opts: Any):
    async def run() -> Any:
        options = pulumi.ResourceOptions(**opts)
        options.parent = parent
        return await guard(pulumi.ResourceTransformArgs(True, type_, name, props, options))

    return asyncio.run(run())


@walk("type_", GUARDED_TYPES)
def test_the_three_types_are_protected_and_retained(type_: str) -> None:
    props = dict(LIST)
    result = _show(StackGuard(), type_, props, protect=False)
    assert (result.opts.protect, result.opts.retain_on_delete) == (True, True)
    assert result.props is props
    assert props == LIST


def test_other_types_are_left_alone() -> None:
    assert _show(StackGuard(), "aws:iam/user:User", {}) is None


@walk("listed", [None, [], ["ram.amazonaws.com"], ["sso.amazonaws.com "]])
def test_a_list_without_it_is_refused_with_the_fix(listed: Any) -> None:
    with pytest.raises(pulumi.RunError, match=r"(?s)guard_stack\(\) refuses it: .*ignore_changes="):
        _show(StackGuard(), ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": listed})
    ignoring = _show(
        StackGuard(),
        ORGANIZATION_TYPE,
        {"awsServiceAccessPrincipals": listed},
        ignore_changes=["awsServiceAccessPrincipals"],
    )
    assert ignoring.opts.protect is True


def test_a_secret_list_is_judged_as_any_other() -> None:
    async def run(listed: list[str]) -> Any:
        props = {"awsServiceAccessPrincipals": pulumi.Output.secret(listed)}
        args = pulumi.ResourceTransformArgs(True, ORGANIZATION_TYPE, "it", props, pulumi.ResourceOptions())
        return await StackGuard()(args)

    assert asyncio.run(run(["sso.amazonaws.com"])).opts.protect is True
    with pytest.raises(pulumi.RunError, match="lacks sso"):
        asyncio.run(run(["ram.amazonaws.com"]))


@pytest.mark.parametrize("root", ["", "aws-identity-center:index:OrganizationSso$"])
def test_only_an_open_trusted_accesss_child_stays_unprotected(root: str) -> None:
    guard = StackGuard()
    assert _show(guard, TRUSTED_ACCESS, {"breakGlass": {"reason": "r", "expires": "e"}}, name="open") is None
    assert _show(guard, TRUSTED_ACCESS, {}, name="shut") is None

    def child(of: str, type_: str = SERVICE_ACCESS_TYPE) -> Any:
        return _show(guard, type_, {}, name="sso", parent=_Parent(f"urn:pulumi:dev::project::{root}{of}"))

    assert child(f"{TRUSTED_ACCESS}::open") is None
    assert child(f"{TRUSTED_ACCESS}::shut").opts.protect is True
    assert child("their:index:TrustedAccess::open").opts.protect is True
    assert _show(guard, DELEGATED_ADMINISTRATOR_TYPE, {}).opts.protect is True


@pytest.mark.parametrize(
    ("listed", "preview", "told"),
    [
        (UNKNOWN, True, 1),
        (["ram.amazonaws.com", UNKNOWN], True, 1),
        (["sso.amazonaws.com", UNKNOWN], True, 0),
        (["sso.amazonaws.com"], True, 0),
        (UNKNOWN, False, 0),
    ],
)
def test_an_unknown_list_is_warned_of_once(
    monkeypatch: pytest.MonkeyPatch, listed: Any, preview: bool, told: int
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", messages.append)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)
    guard = StackGuard()
    for _ in range(2):
        assert _show(guard, ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": listed}, name="org").opts.protect is True
    assert len(messages) == told
    assert all("whether org's awsServiceAccessPrincipals keeps" in text for text in messages)
