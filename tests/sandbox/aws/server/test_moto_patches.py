"""A repeatable world: the same calls give the same bytes, moto's part of them too."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from sandbox.aws import EmbeddedAws
from tests.sandbox.aws.documents import OPEN_TRUST

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def a_run(log: Path, repeatable: int | None) -> tuple[bytes, list[str]]:
    """The log's bytes, and the answers."""
    with EmbeddedAws("sso-enabled", log=log, repeatable=repeatable) as running:
        iam, organizations = running.client("iam"), running.client("organizations")
        user = iam.create_user(UserName="u")["User"]
        key = iam.create_access_key(UserName="u")["AccessKey"]
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=OPEN_TRUST)["Role"]
        session = running.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")["Credentials"]
        unit = organizations.create_organizational_unit(ParentId="r-exam", Name="u")["OrganizationalUnit"]
        creation = organizations.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]
        answers = [user, key, role, session, unit, creation, running.trail]
        return log.read_bytes() if running.calls else b"", [repr(answer) for answer in answers]


def test_only_the_same_number_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = a_run(tmp_path / "1", 7), a_run(tmp_path / "2", 7)
    assert first == again
    assert a_run(tmp_path / "3", 8)[1] != first[1]
    assert a_run(tmp_path / "4", None)[0] != first[0]


def test_a_session_ends_when_its_time_has_passed(aws: Callable, code: Callable) -> None:
    running = aws("sso-enabled")
    iam = running.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=OPEN_TRUST)
    session = running.client("sts", role="r")
    assert session.get_caller_identity()["Arn"].endswith("assumed-role/r/sandbox")
    running.move_clock(3_601)
    assert code(session.get_caller_identity) == "ExpiredToken"


def test_a_repeatable_runs_sessions_last_by_the_machines_clock_too(aws: Callable) -> None:
    """An SDK refreshes, and then refuses, what its own clock says is over."""
    running = aws("sso-enabled", repeatable=1)
    running.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=OPEN_TRUST)
    session = running.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
    assert session["Credentials"]["Expiration"] > datetime.datetime.now(datetime.UTC)
