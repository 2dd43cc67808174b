"""Whose a resource of the state is, where a program signs in to several accounts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from pulumi_aws_identity_center.components import left_behind

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::"


@pytest.mark.parametrize(
    ("name", "theirs", "elsewhere"),
    [
        ("other", "222233334444", True),
        ("other", "111122223333", False),
        ("other", None, False),
        ("default_7_51_0", "222233334444", True),
        ("default_7_51_0", "111122223333", False),
        ("no-longer-declared", "222233334444", False),
    ],
)
def test_only_what_aws_says_is_another_accounts_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch, name: str, theirs: str | None, elsewhere: bool
) -> None:
    async def account_by(provider: Any) -> str:
        assert (provider is None) is name.startswith("default")
        if theirs is None:
            raise Exception("AccessDenied")
        return theirs

    async def account_of(_: Any) -> str:
        return "111122223333"

    declared = {"other": object()}
    monkeypatch.setattr(left_behind, "watch", lambda: SimpleNamespace(provider_named=declared.get))
    monkeypatch.setattr(left_behind, "account_by", account_by)
    monkeypatch.setattr(left_behind, "account_of", account_of)
    taker: Any = SimpleNamespace(component=None)
    assert asyncio.run(left_behind._is_elsewhere(PROVIDER + name, taker)) is elsewhere
