from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.components import user_errors
from pulumi_aws_identity_center.components.plugin import Plugin

TOKEN = "aws-identity-center:index:TrustedAccess"


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Plugin:
    monkeypatch.setattr(user_errors, "_make", pulumi.RunError)
    return Plugin([TrustedAccess])


def told(plugin: Plugin, inputs: dict[str, Any]) -> InputPropertiesError:
    with pytest.raises(InputPropertiesError) as caught:
        plugin.construct("sso", TOKEN, inputs)
    # Without a list the SDK can't make the message of it.
    assert caught.value.errors == []
    return caught.value


def test_an_unknown_key_is_a_mistake_as_in_python(plugin: Plugin) -> None:
    assert told(plugin, {"servicePrincipa": "x"}).message.startswith("servicePrincipa is not an argument; ")


def test_several_problems_come_below_the_engines_own_words(plugin: Plugin) -> None:
    message = told(plugin, {"breakGlass": {"extra": 1}}).message
    assert message.startswith("\n- breakGlass.extra is not a key")
    assert len(message.splitlines()) == 4


def test_an_error_that_comes_later_is_told_the_same_way(plugin: Plugin) -> None:
    assert isinstance(user_errors.plain_error("Something is not possible here."), InputPropertiesError)


def test_an_error_that_is_no_users_mistake_keeps_its_trace(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("pulumi_aws_identity_center.components.trusted_access.read_arguments", fail)
    with pytest.raises(Exception, match="ours") as caught:
        plugin.construct("sso", TOKEN, {})
    assert not isinstance(caught.value, InputPropertiesError)


def test_outputs_named_as_null_are_no_inputs(plugin: Plugin) -> None:
    assert plugin.map_inputs({"protected": None, "servicePrincipal": "ram.amazonaws.com"}, None) == {
        "servicePrincipal": "ram.amazonaws.com"
    }


def test_the_plugin_has_the_packages_version(plugin: Plugin) -> None:
    assert plugin.version == "0.1.0"
