"""examples/ci/report-status.sh opens one issue, on GitHub and on GitLab, and none where all is well."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.session import ROOT, Result, Session

# GitHub's CLI as far as the script goes: it knows these two commands with these options, and keeps the issues in files.
GH = r"""#!/usr/bin/env bash
set -euo pipefail
[[ -n ${GH_TOKEN:-} ]]
case $* in
  "issue list --state open --limit 1000 --json title --jq .[].title") ls -1 "$ISSUES" ;;
  "issue create --title "*" --body-file "*) cp "$6" "$ISSUES/$4" ;;
  *) echo "gh: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def report(sandbox_session: Callable[..., Session], tmp_path: Path) -> Callable[..., Result]:
    """`report(session, **environment)`: runs the script."""
    script = str(ROOT / "examples/ci/report-status.sh")

    def run(session: Session, **environment: str) -> Result:
        return session.run("bash", script, cwd=tmp_path, env=environment, check=False)

    return run


@pytest.fixture
def off(sandbox_session: Callable[..., Session]) -> Session:
    session = sandbox_session()
    session.aws.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    return session


@pytest.fixture
def github(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    (tmp_path / "issues").mkdir()
    return {"GITHUB_ACTIONS": "true", "GH_TOKEN": "x", "ISSUES": str(tmp_path / "issues")}


def _with_gh(session: Session, tmp_path: Path) -> dict[str, str]:
    return {"PATH": f"{tmp_path / 'bin'}:{session.environment['PATH']}"}


def test_on_github_it_opens_one_issue(
    report: Callable[..., Result], off: Session, github: dict[str, str], tmp_path: Path
) -> None:
    environment = {**github, **_with_gh(off, tmp_path)}
    first, second = report(off, **environment), report(off, **environment)
    assert (first.code, second.code) == (1, 1), first.text
    assert "The issue is open already" in second.out
    (issue,) = (tmp_path / "issues").iterdir()
    assert "verdict: unhealthy" in issue.read_text()
    assert "identity-center recover" in issue.read_text()


def test_a_healthy_status_opens_no_issue(
    report: Callable[..., Result],
    sandbox_session: Callable[..., Session],
    github: dict[str, str],
    tmp_path: Path,
) -> None:
    session = sandbox_session()
    assert report(session, **github, **_with_gh(session, tmp_path)).code == 0
    assert list((tmp_path / "issues").iterdir()) == []


def test_a_status_that_cannot_tell_opens_an_issue(
    report: Callable[..., Result],
    sandbox_session: Callable[..., Session],
    github: dict[str, str],
    tmp_path: Path,
) -> None:
    session = sandbox_session(faults=["organizations:ListAWSServiceAccessForOrganization:AccessDeniedException"])
    done = report(session, **github, **_with_gh(session, tmp_path))
    assert done.code == 2, done.text
    assert len(list((tmp_path / "issues").iterdir())) == 1


class _Issues(BaseHTTPRequestHandler):
    """GitLab's API of a project's issues: docs.gitlab.com/api/issues."""

    issues: list[dict[str, Any]]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        assert query["state"] == ["opened"]
        assert query["in"] == ["title"]
        self._answer(200, [issue for issue in self.issues if query["search"][0] in issue["title"]])

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.issues.append({name: values[0] for name, values in body.items()})
        self._answer(201, self.issues[-1])

    def _answer(self, status: int, content: object) -> None:
        is_ours = self.headers["PRIVATE-TOKEN"] == "x" and urlsplit(self.path).path == "/api/v4/projects/7/issues"
        self.send_response(status if is_ours else 404)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    opened: list[dict[str, Any]] = []
    with HTTPServer(("127.0.0.1", 0), type("Handler", (_Issues,), {"issues": opened})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/api/v4"
        yield {"CI_API_V4_URL": address, "CI_PROJECT_ID": "7", "ISSUES_TOKEN": "x"}, opened
        server.shutdown()


def test_on_gitlab_it_opens_one_issue(report: Callable[..., Result], off: Session, gitlab: Any) -> None:
    environment, issues = gitlab
    first, second = report(off, **environment), report(off, **environment)
    assert (first.code, second.code) == (1, 1), first.text
    assert "The issue is open already" in second.out
    (issue,) = issues
    assert "verdict: unhealthy" in issue["description"]


def test_outside_of_a_job_it_opens_no_issue(report: Callable[..., Result], off: Session) -> None:
    done = report(off)
    assert done.code == 1, done.text
    assert "no issue opens" in done.err


def test_without_its_token_it_fails_with_curls_error(report: Callable[..., Result], off: Session, gitlab: Any) -> None:
    environment, issues = gitlab
    done = report(off, **{**environment, "ISSUES_TOKEN": "wrong"})
    assert done.code not in (0, 1)
    assert "404" in done.text
    assert issues == []
