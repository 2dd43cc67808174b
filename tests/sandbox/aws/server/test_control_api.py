"""The control API that commands in the sandbox call over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.server.control_api import ROUTES
from tests.walk import walk

SSO = "sso.amazonaws.com"
# Every route, and what no route answers: another method of a path, another path, the prefix by itself.
REQUESTS = [*ROUTES, ("DELETE", "clock"), ("OPTIONS", "clock"), ("GET", "settle"), ("PUT", "else"), ("GET", "")]


@pytest.fixture
def ask() -> Callable[..., tuple[int, str]]:
    def asked(cloud: Any, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        token = {"X-Sandbox-Token": cloud.environment()["SANDBOX_TOKEN"]}
        request = urllib.request.Request(
            f"{cloud.endpoint}/_sandbox/{path}", method=method, headers={**token, **headers}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return asked


def test_the_clock_is_read_and_moved(aws: Callable, ask: Callable) -> None:
    cloud = aws("organization", repeatable=1, clock="2030-01-31T08:00:00Z")
    assert ask(cloud, "clock") == (200, '{"now": "2030-01-31T08:00:00+00:00"}')
    assert ask(cloud, "clock?move=86400", "POST") == (200, '{"now": "2030-02-01T08:00:00+00:00"}')
    assert ask(cloud, "clock?move=99") == (200, '{"now": "2030-02-01T08:00:00+00:00"}')
    for wrong in ("-1", "x", "inf", "nan", "1e12"):
        status, body = ask(cloud, f"clock?move={wrong}", "POST")
        assert status == 400
        assert wrong in json.loads(body)["error"]


def test_the_portal_lists_access_or_refuses(aws: Callable, ask: Callable, tmp_path: Any) -> None:
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


@walk(("method", "path"), REQUESTS)
def test_no_request_is_answered_without_the_token(aws: Callable, ask: Callable, method: str, path: str) -> None:
    cloud = aws("organization", repeatable=1)
    before = ask(cloud, "clock")
    for token in ("", "wrong"):
        status, body = ask(cloud, f"{path}?user=ada&move=60", method, **{"X-Sandbox-Token": token})
        assert (status, list(json.loads(body))) == (403, ["error"])
        assert "X-Sandbox-Token: $SANDBOX_TOKEN" in json.loads(body)["error"]
    assert ask(cloud, "clock") == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "evil.example:PORT"),
        ("Host", "127.0.0.1.example.com:PORT"),
        ("Host", "localhost.example.com:PORT"),
        ("Host", "evil.localhost:PORT"),
        ("Host", "127.0.0.1:1"),
        ("Host", "127.0.0.1"),
        ("Origin", "http://evil.example"),
        ("Origin", "https://127.0.0.1:PORT"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
    ],
)
def test_another_host_or_origin_is_refused_with_the_token(aws: Callable, ask: Callable, name: str, value: str) -> None:
    cloud = aws("organization")
    header = {name: value.replace("PORT", cloud.endpoint.rpartition(":")[2])}
    for method, path in REQUESTS:
        status, body = ask(cloud, path, method, **header)
        assert status == 403, (method, path)
        assert body.startswith("sandbox: the request "), (method, path)


@walk(("name", "value"), [("Host", "localhost:PORT"), ("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT")])
def test_its_own_host_and_origin_are_answered(aws: Callable, ask: Callable, name: str, value: str) -> None:
    cloud = aws("organization")
    assert ask(cloud, "clock", **{name: value.replace("PORT", cloud.endpoint.rpartition(":")[2])})[0] == 200


def test_a_page_can_not_call_the_apis(aws: Callable) -> None:
    cloud = aws("organization")
    request = urllib.request.Request(cloud.endpoint, method="OPTIONS", headers={"Origin": "http://evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)
    assert cloud.calls == []


def test_settling_waits_for_functions(aws: Callable, ask: Callable, deploy: Callable) -> None:
    function = deploy(aws(), "def handle(event, context): print('ran')")
    function.invoke(InvocationType="Event")
    assert ask(function.aws, "settle", "POST") == (200, '{"settled": true}')
    assert "ran" in function.log()
    assert ask(function.aws, "settle")[0] == 404


def test_the_trail_has_a_record_a_line(aws: Callable, ask: Callable) -> None:
    cloud = aws("organization")
    cloud.client("organizations").list_roots()
    status, body = ask(cloud, "trail")
    assert status == 200
    assert [json.loads(line)["eventName"] for line in body.splitlines()] == ["ListRoots"]
    assert len(cloud.calls) == 1


def test_an_unknown_path_lists_the_known_ones(aws: Callable, ask: Callable) -> None:
    cloud = aws("organization")
    for method, path in set(REQUESTS) - set(ROUTES):
        status, body = ask(cloud, path, method)
        assert status == 404
        assert "GET /_sandbox/trail, POST /_sandbox/settle" in json.loads(body)["error"]
    assert ask(cloud, "portal")[0] == 400
