from __future__ import annotations

import asyncio
import datetime
import json
import re
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import OrganizationSso
from pulumi_aws_identity_center.components import arguments
from pulumi_aws_identity_center.components.config import from_stack, parse
from pulumi_aws_identity_center.domain.operator_roles import OperatorRole
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk


def test_nothing_configured_is_fine() -> None:
    assert parse({}) == {}


def test_every_key_is_read_and_json_is_taken_apart() -> None:
    configuration = parse(
        {
            "delegatedAdministratorAccountId": "222233334444",
            "whenNotEnabled": "warn",
            "operatorRoles": '[{"name": "o", "permissions": ["enable"], "trustedPrincipals": '
            '["arn:aws:iam::111122223333:root"]}]',
        }
    )
    assert configuration["delegatedAdministratorAccountId"] == "222233334444"
    roles: Any = configuration["operatorRoles"]
    assert roles == [OperatorRole("o", ("enable",), ("arn:aws:iam::111122223333:root",))]


@walk(
    ("given", "said"),
    [
        ({"whenNotEnable": "warn"}, "aws-identity-center:whenNotEnable is not known; the keys are"),
        ({"whenNotEnabled": "no"}, "aws-identity-center:whenNotEnabled is 'no'"),
        (
            {"delegatedAdministratorAccountId": "22223333444"},
            "aws-identity-center:delegatedAdministratorAccountId is '22223333444'",
        ),
        ({"operatorRoles": "{"}, "aws-identity-center:operatorRoles is '{', and has to be structured"),
        ({"operatorRoles": '"x"'}, "aws-identity-center:operatorRoles is 'x'"),
        ({"operatorRoles": '[{"name": 7}]'}, "aws-identity-center:operatorRoles[0].name is 7"),
        ({"breakGlass": "true"}, "aws-identity-center:breakGlass is True"),
        (
            {"accessMatrix": "true"},
            "aws-identity-center:accessMatrix is True; it must be an object with permissionSets",
        ),
        (
            {"sentinel": "true"},
            "aws-identity-center:sentinel is True; it must be an object with mode, servicePrincipals",
        ),
        (
            {"sentinel": '{"mode": "of"}'},
            "aws-identity-center:sentinel.mode is 'of'; it must be one of enforce, alert.",
        ),
        (
            {"accessMatrix": "gone.yaml"},
            "accessMatrix names the file gone.yaml, which can't be read",
        ),
        ({"accessMatrix": "no path"}, "aws-identity-center:accessMatrix is 'no path', and has to be structured"),
    ],
)
def test_each_mistake_is_told_by_its_key(given: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(given)
    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({"whenNotEnabled": "no", "x": "y", "delegatedAdministratorAccountId": "1", "sentinel": "1"})
    assert len(caught.value.problems) == 4


def test_each_value_is_parsed_once(deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    values: dict[str, Any] = {
        "operatorRoles": [ROLE],
        "sentinel": {"mode": "alert"},
        "accessMatrix": {"permissionSets": {"ReadOnly": {}}},
        "guardedServicePrincipals": ["ram.amazonaws.com"],
        "breakGlass": {"reason": "a merger", "expires": tomorrow},
    }
    parsed: list[str] = []

    def counted(name: str, parse: Any) -> Any:
        def parse_and_count(value: Any, *rest: Any, **options: Any) -> Any:
            parsed.append(name)
            return parse(value, *rest, **options)

        return parse_and_count

    parsers: Any = arguments.PARSERS
    for name in ("operatorRoles", "roles", "sentinel", "accessMatrix", "breakGlass"):
        monkeypatch.setitem(parsers, name, counted(name, parsers[name]))

    def build() -> None:
        OrganizationSso("sso", from_stack())

    try:
        pulumi.runtime.set_all_config({f"aws-identity-center:{key}": json.dumps(item) for key, item in values.items()})
        deploy(build)
    finally:
        pulumi.runtime.set_all_config({})
    assert sorted(parsed) == ["accessMatrix", "breakGlass", "operatorRoles", "sentinel"]


ROLE = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}
# Wrong in every way in which a key may be; each holds HUNTER2 or 7777.
SECRET = [
    ("delegatedAdministratorAccountId", "HUNTER2"),
    ("delegatedAdministratorAccountId", "7777"),
    ("whenNotEnabled", "HUNTER2"),
    ("operatorRoles", "{HUNTER2"),
    ("operatorRoles", '"HUNTER2"'),
    ("operatorRoles", "7777"),
    ("operatorRoles", '{"a": "HUNTER2"}'),
    ("operatorRoles", '["HUNTER2", 7777, ["HUNTER2"], {"name": 7777, "permissions": "HUNTER2"}]'),
    ("operatorRoles", json.dumps([{**ROLE, "permissions": ["HUNTER2", "HUNTER2"]}])),
    ("operatorRoles", json.dumps([{**ROLE, "trustedPrincipals": ["HUNTER2", 7777, "HUNTER2"]}])),
    ("operatorRoles", json.dumps([{**ROLE, "name": "HUNTER2"}] * 2)),
    ("operatorRoles", json.dumps([{**ROLE, "name": "HUNTER2 "}])),
    ("breakGlass", '"HUNTER2"'),
    ("breakGlass", '{"reason": 7777, "expires": "HUNTER2"}'),
    ("breakGlass", '{"reason": "HUNTER2", "expires": "7777-01-01"}'),
    ("breakGlass", '{"reason": "HUNTER2", "more": "HUNTER2", "expires": "2001-01-01"}'),
    ("sentinel", "HUNTER2"),
    ("sentinel", '{"mode": "HUNTER2", "maxEnablesPerHour": 7777, "notify": {"emails": ["HUNTER2"]}}'),
    ("sentinel", '{"servicePrincipals": ["HUNTER2"], "logRetentionDays": 7777, "schedule": "HUNTER2"}'),
    ("sentinal", "HUNTER2"),
]


@walk(("key", "value"), SECRET)
def test_what_was_set_as_a_secret_is_in_no_message(key: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({key: value}, secret=[key])
    message = str(caught.value)
    assert f"aws-identity-center:{key}" in message
    assert re.findall("HUNTER2|7777|2001", message) == []
    with pytest.raises(InvalidInput) as plain:
        parse({key: value})
    assert len(plain.value.problems) == len(caught.value.problems)


def test_a_wrong_secret_ends_the_program_without_it() -> None:
    key = "aws-identity-center:delegatedAdministratorAccountId"
    try:
        pulumi.runtime.set_all_config({key: "HUNTER2"}, [key])
        with pytest.raises(
            pulumi.RunError, match=f"{key} is a secret; it must be an AWS account id: 12 digits"
        ) as caught:
            from_stack()
    finally:
        pulumi.runtime.set_all_config({})
    assert "HUNTER2" not in str(caught.value)


def test_a_good_secret_is_read_as_it_is() -> None:
    variables = {"delegatedAdministratorAccountId": "222233334444", "operatorRoles": json.dumps([ROLE])}
    assert parse(variables, secret=list(variables)) == parse(variables)
    assert repr(parse(variables, secret=list(variables))) == repr(parse(variables))


def test_what_was_set_as_a_secret_stays_one(deploy) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    variables = {"delegatedAdministratorAccountId": "222233334444", "whenNotEnabled": "warn"}
    variables["breakGlass"] = json.dumps({"reason": "a merger", "expires": tomorrow})
    variables["operatorRoles"] = json.dumps([ROLE])
    keys = {f"aws-identity-center:{key}": value for key, value in variables.items()}
    secrets: dict[str, bool] = {}

    async def note(name: str, output: pulumi.Output) -> None:
        secrets[name] = await output.is_secret()

    def build():
        args: Any = from_stack()  # all that is read below was set
        shown = [args["delegatedAdministratorAccountId"], args["breakGlass"].arguments["reason"]]
        shown += args["operatorRoles"][0].trusted_principals
        sso = OrganizationSso("sso", args)
        shown += [sso.delegated_administrator_account_id, sso.service_principal]
        names = ("account", "reason", "principal", "the component's account", "the service")
        return pulumi.Output.from_input(0).apply(
            lambda _: asyncio.gather(*(note(name, output) for name, output in zip(names, shown, strict=True)))
        )

    try:
        pulumi.runtime.set_all_config(keys, [key for key in keys if "when" not in key])
        deploy(build)
    finally:
        pulumi.runtime.set_all_config({})
    assert secrets == {
        "account": True,
        "reason": True,
        "principal": True,
        "the component's account": True,
        "the service": False,
    }
