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
    def asked(cloud: Any, path: str, method: str = "GET") -> tuple[int, str]:
        request = urllib.request.Request(f"{cloud.endpoint}/_sandbox/{path}", method=method)
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
