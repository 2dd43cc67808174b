"""What a command in the sandbox asks it over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

SSO = "sso.amazonaws.com"


@pytest.fixture
def ask() -> Callable[..., tuple[int, str]]:
    def asked(cloud: Any, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        given = {"X-Sandbox-Token": cloud.environment()["SANDBOX_TOKEN"]} if method == "POST" else {}
        request = urllib.request.Request(
            f"{cloud.endpoint}/_sandbox/{path}", method=method, headers={**given, **headers}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return asked


def test_the_clock_is_told_and_moved(aws: Callable, ask: Callable) -> None:
    cloud = aws("organization", repeatable=1, clock="2030-01-31T08:00:00Z")
    assert ask(cloud, "clock") == (200, '{"now": "2030-01-31T08:00:00+00:00"}')
    assert ask(cloud, "clock?move=86400", "POST") == (200, '{"now": "2030-02-01T08:00:00+00:00"}')
    assert ask(cloud, "clock?move=99") == (200, '{"now": "2030-02-01T08:00:00+00:00"}')  # a GET moves nothing
    for wrong in ("-1", "x"):
        status, body = ask(cloud, f"clock?move={wrong}", "POST")
        assert status == 400
        assert wrong in json.loads(body)["error"]


def test_the_portal_says_what_a_user_reaches_or_why_nobody_does(aws: Callable, ask: Callable, tmp_path: Any) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {}\ntrusted_services: [sso.amazonaws.com]\nidentity_center: {users: [{name: ada}], "
        "permission_sets: [{name: admin}], assignments: [{permission_set: admin, user: ada}]}\n"
    )
    cloud = aws(seed)
    status, body = ask(cloud, "portal?user=ada")
    assert status == 200
    assert [(row["account"], row["permission_set"]) for row in json.loads(body)["access"]] == [
        ("111122223333", "admin")
    ]
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    status, body = ask(cloud, "portal?user=ada")
    assert status == 403
    assert "no trusted access" in json.loads(body)["refused"]


@pytest.mark.parametrize("token", ["", "wrong"])
def test_nothing_is_changed_without_the_token(aws: Callable, ask: Callable, token: str) -> None:
    cloud = aws("organization", repeatable=1)
    before = ask(cloud, "clock")
    status, body = ask(cloud, "clock?move=60", "POST", **{"X-Sandbox-Token": token})
    assert status == 403
    assert "X-Sandbox-Token: $SANDBOX_TOKEN" in json.loads(body)["error"]
    assert ask(cloud, "clock") == before


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Host", "evil.example:PORT", 403),
        ("Host", "127.0.0.1.example.com:PORT", 403),
        ("Host", "localhost.example.com:PORT", 403),
        ("Host", "127.0.0.1:1", 403),
        ("Host", "127.0.0.1", 403),
        ("Host", "localhost:PORT", 200),
        ("Host", "bucket.localhost:PORT", 200),
        ("Host", "127.0.0.1:PORT", 200),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://127.0.0.1:1", 403),
        ("Origin", "http://127.0.0.1:PORT", 200),
    ],
)
def test_a_page_of_somewhere_else_is_refused(aws: Callable, ask: Callable, name: str, value: str, status: int) -> None:
    cloud = aws("organization")
    value = value.replace("PORT", cloud.endpoint.rpartition(":")[2])
    assert ask(cloud, "clock", **{name: value})[0] == status


def test_a_page_can_not_call_the_apis_either(aws: Callable) -> None:
    cloud = aws("organization")
    request = urllib.request.Request(cloud.endpoint, method="OPTIONS", headers={"Origin": "http://evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)
    assert cloud.calls == []


def test_settling_waits_for_what_a_call_began(aws: Callable, ask: Callable, deploy: Callable) -> None:
    function = deploy(aws(), "def handle(event, context): print('ran')")
    function.invoke(InvocationType="Event")
    assert ask(function.aws, "settle", "POST") == (200, '{"settled": true}')
    assert "ran" in function.log()
    assert ask(function.aws, "settle")[0] == 404


def test_the_trail_has_a_record_a_line_and_what_is_not_there_is_said(aws: Callable, ask: Callable) -> None:
    cloud = aws("organization")
    cloud.client("organizations").list_roots()
    status, body = ask(cloud, "trail")
    assert status == 200
    assert [json.loads(line)["eventName"] for line in body.splitlines()] == ["ListRoots"]
    for nothing in ("else", "portal", "else?user=ada"):
        assert ask(cloud, nothing)[0] == 404
    assert len(cloud.calls) == 1
