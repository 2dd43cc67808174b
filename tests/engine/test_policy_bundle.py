"""The bundled pack on the real engine: published by the real CLI, and used from what arrived, in another folder."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rules.registry import RULES

from sandbox.session import ROOT

PROGRAM = """
import pulumi_aws as aws
aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com"])
"""


class _Server(ThreadingHTTPServer):
    requests: list[tuple[str, str, bytes]]


class _Cloud(BaseHTTPRequestHandler):
    """As much of Pulumi Cloud as `pulumi policy publish` asks: who one is, a place for the pack, the pack, the end.

    The paths: pkg/backend/httpstate/client of the CLI's source.
    """

    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.requests.append((self.command, self.path, body))
        upload = f"http://127.0.0.1:{self.server.server_address[1]}/upload"
        answers: dict[str, Any] = {
            "/api/user": {"githubLogin": "someone", "organizations": [{"githubLogin": "acme"}]},
            "/api/orgs/acme/policypacks": {"version": 1, "uploadURI": upload, "requiredHeaders": {}},
        }
        text = json.dumps(answers.get(self.path, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cloud() -> Iterator[Any]:
    """The service; `requests` are those that it got, in order."""
    server = _Server(("127.0.0.1", 0), _Cloud)
    server.requests = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _check_rules_in_request(request: dict[str, Any]) -> None:
    assert (request["name"], request["versionTag"], request["runtime"]) == ("aws-identity-center", "0.1.0", "python")
    rules = {policy["name"]: policy for policy in request["policies"]}
    assert set(rules) == {rule.id for rule in RULES}
    for rule in RULES:
        assert rules[rule.id]["description"] == rule.description
        assert rules[rule.id]["enforcementLevel"] == "mandatory"
        schema = rules[rule.id]["configSchema"]["properties"]
        assert {key: value for key, value in schema.items() if key != "enforcementLevel"} == dict(rule.config)


def test_a_published_bundle_works_from_anywhere(new_stack: Callable, cloud: Any, tmp_path: Path) -> None:
    pack_folder, destination = tmp_path / "pack", tmp_path / "there"
    subprocess.run([sys.executable, str(ROOT / "policies/bundle.py"), str(pack_folder)], check=True, cwd=tmp_path)
    stack = new_stack(PROGRAM)
    env = {"PULUMI_BACKEND_URL": f"http://127.0.0.1:{cloud.server_address[1]}", "PULUMI_ACCESS_TOKEN": "a token"}
    stack.session.pulumi("policy", "publish", "acme", cwd=pack_folder, env=env)
    pack_request, uploaded, done = cloud.requests[-3:]
    _check_rules_in_request(json.loads(pack_request[2]))
    assert done[:2] == ("POST", "/api/orgs/acme/policypacks/aws-identity-center/versions/0.1.0/complete")

    with tarfile.open(fileobj=io.BytesIO(uploaded[2])) as archive:
        archive.extractall(destination, filter="data")
    pack = destination / "package"
    # Its own copy of the package is what decides there.
    mark = '\nPROPERTY = f"{PROPERTY} (the bundle\'s)"\n'
    with (pack / "pulumi_aws_identity_center/domain/organization_list.py").open("a") as copy:
        copy.write(mark)
    events = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
    refused = stack.pulumi("preview", "--json", "--policy-pack", str(pack), check=False, env=events)
    assert refused.code != 0
    policy_events = [json.loads(line).get("policyEvent") for line in refused.out.splitlines()]
    fired = {event["policyName"]: event for event in policy_events if event}
    assert set(fired) == {"organization-keeps-sso", "guarded-resources-protected"}
    assert "(the bundle's)" in fired["organization-keeps-sso"]["message"]
    assert fired["organization-keeps-sso"]["policyPackVersion"] == "0.1.0"
