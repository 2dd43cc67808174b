"""What this package's provider is given of the aws provider's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.components.own_provider import own_provider
from pulumi_aws_identity_center.errors import InvalidInput

PROVIDER_TYPE = "pulumi:providers:aws-identity-center"


def _given(deploy: Any, settings: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    def build() -> None:
        provider = aws.Provider("other", region="eu-central-1", **settings())
        own_provider(TrustedAccess("sso", {}, pulumi.ResourceOptions(providers=[provider])), "sso")

    [provider] = deploy(build).of(PROVIDER_TYPE)
    return {name: value for name, value in provider.props.items() if value is not None}


@pytest.mark.parametrize(("profile", "given"), [(None, {}), ("work", {"profile": "work"})])
def test_an_output_without_a_value_is_left_out(deploy, profile: str | None, given: dict[str, str]) -> None:
    assert _given(deploy, lambda: {"profile": pulumi.Output.from_input(profile)}) == {"region": "eu-central-1", **given}


@pytest.mark.parametrize("settings", [{"endpoints": [{"sts": "http://127.0.0.1:1"}]}, {"shared_config_files": ["x"]}])
def test_what_it_would_not_follow_is_refused(deploy, settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="can't sign in as its aws provider"):
        _given(deploy, lambda: settings)
