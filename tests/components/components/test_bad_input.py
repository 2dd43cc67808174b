"""A user's mistakes, by every way in: each is one error with the key, the value, and what is allowed."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import (
    DelegatedAdministrator,
    Instance,
    OperatorPermissions,
    OrganizationSso,
    TrustedAccess,
)
from pulumi_aws_identity_center.components.config import parse
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

TOMORROW = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
TRUST = ["arn:aws:iam::111122223333:root"]
ROLE = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": TRUST}
ATTRIBUTE = {"key": "team", "sources": ["${path:enterprise.team}"]}
DIGITS, DATE, NAMES = "12 digits", "an ISO date at most 7 days ahead", "1 to 64 letters"
# Stands for an Output, which can be made only in a program.
OUTPUT, KNOWN_LATER = object(), "an Output (known only later)"
NO_IDS: list[Any] = ["11112222333", "1111222233334", "11112222333a", "", " 111122223333", 111122223333, None, []]

# component, arguments; then the key, what was given, and what is allowed.
MISTAKES: list[tuple[type, Any, str, str, str]] = [
    *[(DelegatedAdministrator, {"accountId": wrong}, "accountId", repr(wrong), DIGITS) for wrong in NO_IDS],
    (OrganizationSso, {"delegatedAdministratorAccountId": 7}, "delegatedAdministratorAccountId", "7", DIGITS),
    *[
        (TrustedAccess, {"servicePrincipal": wrong}, "servicePrincipal", repr(wrong), "such as sso.amazonaws.com")
        for wrong in ("sso", "SSO.amazonaws.com", "sso.amazonaws.com ", "sso.example.com", "", "*", 7, ["sso"])
    ],
    (TrustedAccess, {"breakGlas": {}}, "breakGlas", "breakGlas", "servicePrincipal, breakGlass"),
    (TrustedAccess, "sso.amazonaws.com", "arguments", "'sso.amazonaws.com'", "servicePrincipal, breakGlass"),
    (TrustedAccess, {"breakGlass": {}}, "breakGlass", "None", DATE),
    (TrustedAccess, {"breakGlass": {"reason": "r"}}, "breakGlass.expires", "None", DATE),
    (TrustedAccess, {"breakGlass": {"reason": "r", "expires": "2020-01-01"}}, "breakGlass.expires", "2020", "new date"),
    (TrustedAccess, {"breakGlass": {"reason": "r", "expires": "2999-01-01"}}, "breakGlass.expires", "2999", "7 days"),
    (TrustedAccess, {"breakGlass": {"reason": "r", "expires": 20990101}}, "breakGlass.expires", "20990101", DATE),
    (TrustedAccess, {"breakGlass": {"reason": 7, "expires": TOMORROW}}, "breakGlass.reason", "7", "in words"),
    (TrustedAccess, {"breakGlass": True}, "breakGlass", "True", DATE),
    *[
        (component, {"whenNotEnabled": wrong}, "whenNotEnabled", repr(wrong), "error, warn")
        for component in (Instance, OrganizationSso)
        for wrong in ("ignore", "", 7, True, ["warn"])
    ],
    (Instance, {"accessControlAttributes": "team"}, "accessControlAttributes", "'team'", "key, sources"),
    (Instance, {"accessControlAttributes": [7]}, "accessControlAttributes[0]", "7", "key, sources"),
    (Instance, {"accessControlAttributes": [{**ATTRIBUTE, "key": ""}]}, "[0].key", "''", "1 to 128"),
    (Instance, {"accessControlAttributes": [{**ATTRIBUTE, "sources": []}]}, "[0].sources", "[]", "one source"),
    (Instance, {"accessControlAttributes": [{**ATTRIBUTE, "sources": [7]}]}, "[0].sources[0]", "7", "text"),
    (Instance, {"accessControlAttributes": [{**ATTRIBUTE, "source": "x"}]}, "[0].source", "source", "key, sources"),
    (Instance, {"accessControlAttributes": [ATTRIBUTE] * 2}, "accessControlAttributes", "'team'", "each attribute"),
    (
        Instance,
        {"accessControlAttributes": [{**ATTRIBUTE, "key": str(number)} for number in range(51)]},
        "accessControlAttributes",
        "51",
        "at most 50",
    ),
    *[
        (OrganizationSso, {"operatorRoles": [{**ROLE, **change}]}, f"operatorRoles[0].{key}", repr(wrong), allowed)
        for key, wrong, allowed in [
            ("trustedPrincipals", [], "ARNs of principals that may assume it, not empty"),
            ("trustedPrincipals", TRUST[0], "a list of ARNs"),
            ("permissions", [], "enable, disable, observe"),
            ("name", 7, NAMES),
            ("name", ["a"], NAMES),
            ("name", "a" * 65, NAMES),
        ]
        for change in [{key: wrong}]
    ],
    (OperatorPermissions, {"roles": [{**ROLE, "trustedPrincipals": ["*"]}]}, "trustedPrincipals[0]", "'*'", "the ARN"),
    *[
        (
            OperatorPermissions,
            {"roles": [{**ROLE, "trustedPrincipals": [wrong]}]},
            "trustedPrincipals[0]",
            repr(wrong),
            "the ARN",
        )
        for wrong in (
            7,
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:role/a b",
            "arn:aws-foo:iam::111122223333:root",
            "arn:aws:iam::11112222333:root",
            "arn:aws:iam::１１１１22223333:root",
            "arn:aws:s3:::bucket",
            "111122223333",
        )
    ],
    (DelegatedAdministrator, {"accountId": "１１１１22223333"}, "accountId", "'１１１１22223333'", DIGITS),
    (OperatorPermissions, {"roles": [{**ROLE, "name": OUTPUT}]}, "roles[0].name", KNOWN_LATER, NAMES),
    (
        OperatorPermissions,
        {"roles": [{**ROLE, "permissions": [OUTPUT]}]},
        ".permissions",
        KNOWN_LATER,
        "enable, disable",
    ),
    (OperatorPermissions, {"roles": OUTPUT}, "roles", KNOWN_LATER, "a list of objects"),
    (OperatorPermissions, {"policyPrefix": OUTPUT}, "policyPrefix", KNOWN_LATER, "1 to 100 letters"),
    (Instance, {"whenNotEnabled": OUTPUT}, "whenNotEnabled", KNOWN_LATER, "error, warn"),
    (TrustedAccess, {"breakGlass": {"reason": "r", "expires": OUTPUT}}, "breakGlass.expires", KNOWN_LATER, DATE),
    (TrustedAccess, {"breakGlass": OUTPUT}, "breakGlass", KNOWN_LATER, DATE),
    (
        OperatorPermissions,
        {"roles": [{**ROLE, "permissions": ["admin"]}]},
        ".permissions",
        "'admin'",
        "enable, disable",
    ),
    (OperatorPermissions, {"roles": [{**ROLE, "permissions": [7]}]}, ".permissions", "7", "enable, disable"),
    (OperatorPermissions, {"roles": [ROLE, ROLE]}, "roles", "'operator'", "each role needs its own"),
    (OperatorPermissions, {"roles": [ROLE, {**ROLE, "name": "OPERATOR"}]}, "roles", "'operator'", "whatever its case"),
    (OperatorPermissions, {"roles": [{**ROLE, "trust": []}]}, "roles[0].trust", "trust", "trustedPrincipals"),
    (OperatorPermissions, {"roles": "operator"}, "roles", "'operator'", "a list of objects"),
    (OperatorPermissions, {"policyPrefix": "a b"}, "policyPrefix", "'a b'", "1 to 100 letters"),
]


def _with_outputs(args: Any) -> Any:
    if isinstance(args, dict):
        return {key: _with_outputs(value) for key, value in args.items()}
    if isinstance(args, list):
        return [_with_outputs(value) for value in args]
    return pulumi.Output.from_input("x") if args is OUTPUT else args


@walk(("component", "args", "key", "given", "allowed"), MISTAKES)
@pytest.mark.parametrize("deploy", [True], indirect=True)
def test_each_mistake_is_one_error_with_key_value_and_rule(
    deploy: Any, component: Any, args: Any, key: str, given: str, allowed: str
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        deploy(lambda: component("it", _with_outputs(args)))
    message = str(caught.value)
    for part in (key, given, allowed):
        assert part in message, message
    # One of its own a mistake; an empty break-glass lacks two things.
    assert len(message.splitlines()) == (2 if args == {"breakGlass": {}} else 1), message


@pytest.mark.parametrize(
    ("component", "key", "wrong", "allowed"),
    [
        (DelegatedAdministrator, "accountId", "1111", DIGITS),
        (TrustedAccess, "servicePrincipal", "SSO", "such as sso.amazonaws.com"),
    ],
)
def test_a_value_that_is_known_later_is_judged_then(
    deploy: Any, component: Any, key: str, wrong: str, allowed: str
) -> None:
    with pytest.raises(pulumi.RunError, match=f"{key} is '{wrong}'; .*{allowed}"):
        deploy(lambda: component("it", {key: pulumi.Output.from_input(wrong)}).urn)


def test_a_secret_that_is_wrong_is_not_printed(deploy: Any) -> None:
    with pytest.raises(pulumi.RunError, match="servicePrincipal is a secret; it must be a service principal") as caught:
        deploy(lambda: TrustedAccess("it", {"servicePrincipal": pulumi.Output.secret("HUNTER2")}).urn)
    assert "HUNTER2" not in str(caught.value)


@pytest.mark.parametrize("account", ["HUNTER2", "999999999999", "", "1", "a"])
def test_an_account_that_is_a_secret_is_shown_nowhere(
    deploy: Any, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    """Also where it can't administer; and a preview that says who will doesn't say it."""
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_: messages.append(text))

    def given(account: str) -> Any:
        return {"trustedAccess": None, "accountId": pulumi.Output.secret(account)}

    with pytest.raises(pulumi.RunError, match="is a secret") as caught:
        deploy(lambda: DelegatedAdministrator("it", given(account)).urn)
    deploy(lambda: DelegatedAdministrator("it", given("222233334444")).account_id)
    text = str(caught.value).replace('"111122223333"', "").replace("12 digits", "")
    assert (account not in text) if len(account) > 1 else ("a secret; it must be an AWS account id: , as text" in text)
    assert [text.partition(" IAM")[0] for text in messages] == [
        "An account that is a secret will administer"
    ] * deploy.preview


def test_principals_that_are_known_later_are_judged_then_and_trusted(deploy: Any) -> None:
    def trust(*arns: str) -> Any:
        return {"roles": [{**ROLE, "trustedPrincipals": [*TRUST, *map(pulumi.Output.secret, arns)]}]}

    arn = "arn:aws:iam::444455556666:role/theirs"
    [role] = deploy(lambda: OperatorPermissions("it", trust(arn)).role_arns).of("aws:iam/role:Role")
    assert json.loads(role.props["assumeRolePolicy"]["value"])["Statement"][0]["Principal"] == {"AWS": [*TRUST, arn]}
    with pytest.raises(pulumi.RunError, match=r"trustedPrincipals of operator is '\*'; it must be the ARN"):
        deploy(lambda: OperatorPermissions("it", trust("*")).role_arns)


def test_a_provider_known_only_later_is_judged_then(deploy: Any) -> None:
    def trust(provider: str) -> Any:
        identity = {"provider": pulumi.Output.from_input(provider), "audiences": ["a"], "subjects": ["repo:o/r:*"]}
        return {"roles": [{"name": "ci", "permissions": ["preview"], "trustedWebIdentities": [identity]}]}

    arn = "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"
    run = deploy(lambda: OperatorPermissions("it", trust(arn)).role_arns)
    [role] = run.of("aws:iam/role:Role")
    [statement] = json.loads(role.props["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Federated": arn}
    assert statement["Condition"]["StringLike"] == {"gitlab.example.com:sub": ["repo:o/r:*"]}
    assert "identity-center-preview" in [policy.props["name"] for policy in run.of("aws:iam/policy:Policy")]
    with pytest.raises(pulumi.RunError, match=r"provider of ci is 'x'; it must be the ARN of an IAM OIDC provider"):
        deploy(lambda: OperatorPermissions("it", trust("x")).role_arns)


def test_without_roles_there_is_an_empty_map_of_them(deploy: Any) -> None:
    assert deploy(lambda: OperatorPermissions("it", {}).role_arns).value == {}


def test_nothing_is_registered_for_any_of_them(deploy: Any) -> None:
    deploy.preview = True
    for component, args, *_ in MISTAKES:
        resources: list[str] = []

        def build(component: Any = component, args: Any = args, made: list[str] = resources) -> None:
            def note(shown: pulumi.ResourceTransformationArgs) -> None:
                made.append(shown.type_)

            pulumi.runtime.register_stack_transformation(note)
            component("it", _with_outputs(args))

        with pytest.raises(pulumi.RunError):
            deploy(build)
        assert resources == []


@walk(("component", "args", "key", "given", "allowed"), [row for row in MISTAKES if row[0] is OrganizationSso])
def test_the_configuration_tells_the_same(component: Any, args: Any, key: str, given: str, allowed: str) -> None:
    [(name, value)] = args.items()
    if not isinstance(value, (str, list)):
        value = str(value)  # as Pulumi hands a plain key over
    if value == []:
        return
    with pytest.raises(InvalidInput) as caught:
        parse({name: value if isinstance(value, str) and name != "operatorRoles" else json.dumps(value)})
    assert len(caught.value.problems) == 1
    for part in (key, allowed):
        assert part in str(caught.value)


def test_every_configuration_key_has_a_description_and_an_empty_default() -> None:
    from pathlib import Path

    import yaml
    from pulumi_aws_identity_center.domain.configuration import KEYS

    declared = yaml.safe_load((Path(__file__).parents[3] / "Pulumi.yaml").read_text("utf-8"))["config"]
    assert set(declared) == {f"aws-identity-center:{key}" for key in KEYS}
    assert [key for key, row in declared.items() if not row.get("description")] == []
    defaults = {
        re.sub("^.*:", "", key): row["default"] if isinstance(row["default"], str) else json.dumps(row["default"])
        for key, row in declared.items()
    }
    assert parse(defaults) == {"whenNotEnabled": "error", "operatorRoles": []}
