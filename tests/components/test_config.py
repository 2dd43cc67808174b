from __future__ import annotations

import asyncio
import datetime
import json
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import OrganizationSso
from pulumi_aws_identity_center.config import from_stack, parse
from pulumi_aws_identity_center.errors import InvalidInput


def test_nothing_configured_is_fine() -> None:
    assert parse({}) == {}


def test_every_key_is_read_and_json_is_taken_apart() -> None:
    found = parse(
        {
            "delegatedAdministratorAccountId": "222233334444",
            "whenNotEnabled": "warn",
            "operatorRoles": '[{"name": "o", "permissions": ["enable"], "trustedPrincipals": '
            '["arn:aws:iam::111122223333:root"]}]',
        }
    )
    assert found["delegatedAdministratorAccountId"] == "222233334444"
    assert found["operatorRoles"] == [
        {"name": "o", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"whenNotEnable": "warn"}, "aws-identity-center:whenNotEnable is not known; the keys are"),
        ({"whenNotEnabled": "no"}, "whenNotEnabled is 'no'"),
        ({"delegatedAdministratorAccountId": "22223333444"}, "delegatedAdministratorAccountId is '22223333444'"),
        ({"operatorRoles": "{"}, "aws-identity-center:operatorRoles is '{', and has to be structured"),
        ({"operatorRoles": '"x"'}, "operatorRoles is 'x'"),
        ({"breakGlass": "true"}, "breakGlass is True"),
        ({"sentinel": "true"}, "aws-identity-center:sentinel is set, and this version does not have it yet"),
        ({"accessMatrix": "{}"}, "aws-identity-center:accessMatrix is set, and this version does not have it yet"),
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


def test_what_was_set_as_a_secret_stays_one(deploy) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    given = {"delegatedAdministratorAccountId": "222233334444", "whenNotEnabled": "warn"}
    given["breakGlass"] = json.dumps({"reason": "a merger", "expires": tomorrow})
    role = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}
    given["operatorRoles"] = json.dumps([role])
    keys = {f"aws-identity-center:{key}": value for key, value in given.items()}
    found: dict[str, bool] = {}

    async def note(name: str, output: pulumi.Output) -> None:
        found[name] = await output.is_secret()

    def build():
        args: Any = from_stack()  # all that is read below was set
        shown = [args["delegatedAdministratorAccountId"], args["breakGlass"]["reason"]]
        shown += args["operatorRoles"][0]["trustedPrincipals"]
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
    assert found == {
        "account": True,
        "reason": True,
        "principal": True,
        "the component's account": True,
        "the service": False,
    }
