"""`status` with each way to sign in, and with each failure of it: they are told apart, and never a traceback."""

from __future__ import annotations

import hashlib
import http.server
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.aws import EmbeddedAws

CONFIG = """
[profile keys]
aws_access_key_id = {key}
aws_secret_access_key = {secret}
[profile role]
role_arn = arn:aws:iam::222233334444:role/OrganizationAccountAccessRole
source_profile = keys
[profile no-such-role]
role_arn = arn:aws:iam::222233334444:role/Nope
source_profile = keys
[profile no-such-source]
role_arn = arn:aws:iam::222233334444:role/Nope
source_profile = absent
[profile half]
aws_access_key_id = {key}
[profile process-fails]
credential_process = /bin/false
[profile process-talks]
credential_process = /bin/echo hello
[profile token-file]
role_arn = arn:aws:iam::222233334444:role/Nope
web_identity_token_file = /nonexistent
[profile sso]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Administrator
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = us-east-1
"""


@pytest.fixture
def cloud() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("sso-enabled") as started:
        yield started


@pytest.fixture
def config(cloud: EmbeddedAws, tmp_path: Path) -> str:
    path, variables = tmp_path / "config", cloud.environment()
    path.write_text(CONFIG.format(key=variables["AWS_ACCESS_KEY_ID"], secret=variables["AWS_SECRET_ACCESS_KEY"]))
    return str(path)


def _caller(stdout: str) -> dict[str, str]:
    check: dict[str, str] = json.loads(stdout)["checks"][0]
    return check


@pytest.mark.parametrize(("profile", "account"), [("keys", "111122223333"), ("role", "222233334444")])
def test_a_profile_and_a_role_that_it_assumes(
    cloud: EmbeddedAws, run: Callable, config: str, profile: str, account: str
) -> None:
    without = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    result = run(cloud, "status", "--format", "json", "--profile", profile, AWS_CONFIG_FILE=config, **without)
    assert _caller(result.stdout)["subject"] == account


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("no-such-role", "access was denied"),
        ("no-such-source", "configuration is not usable"),
        ("half", "there are no credentials"),
        ("process-fails", "there are no credentials"),
        ("process-talks", "configuration is not usable"),
        ("token-file", "configuration is not usable"),
        ("sso", "the credentials have expired"),
        ("absent", "there are no credentials"),
    ],
)
def test_a_profile_that_cannot_sign_in_says_why(
    cloud: EmbeddedAws, run: Callable, config: str, profile: str, said: str
) -> None:
    result = run(cloud, "status", "--format", "json", "--profile", profile, AWS_CONFIG_FILE=config)
    caller = _caller(result.stdout)
    assert (result.returncode, caller["result"]) == (2, "undetermined")
    assert said in caller["detail"]
    assert all(check["result"] != "pass" for check in json.loads(result.stdout)["checks"])
    if profile == "no-such-role":
        assert "sts:AssumeRole" in caller["remedy"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_ENDPOINT_URL": "garbage"}, "configuration is not usable (Invalid endpoint: garbage)"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS could not be reached"),
        ({"AWS_RETRY_MODE": "bogus"}, "configuration is not usable"),
        ({"AWS_MAX_ATTEMPTS": "many"}, "configuration is not usable"),
        ({"AWS_REGION": "no such region"}, "configuration is not usable"),
        ({"AWS_CONFIG_FILE": __file__}, "configuration is not usable"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "there are no credentials"),
        ({"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}, "AWS could not be reached"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_settings_that_cannot_work_say_why(
    cloud: EmbeddedAws, run: Callable, variables: dict[str, str], said: str
) -> None:
    result = run(cloud, "status", "--format", "json", **variables)
    assert (result.returncode, _caller(result.stdout)["result"]) == (2, "undetermined")
    assert said in _caller(result.stdout)["detail"]


def test_a_refused_signature_hides_the_signed_request(
    cloud: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    words = "The signature does not match.\n\nThe Canonical String was\n'POST\nx-amz-security-token:SECRET'"
    monkeypatch.setattr("sandbox.aws.middleware.faults.as_error", lambda _service, _error: _refusal(words))
    with EmbeddedAws("sso-enabled", faults=["*:*:SignatureDoesNotMatch"]) as refusing:
        result = run(refusing, "status", "--format", "json")
    assert "AWS does not know the credentials" in result.stdout
    assert "SECRET" not in result.stdout + result.stderr


def _refusal(words: str) -> Exception:
    from sandbox.aws.core.errors import AwsError

    return AwsError("SignatureDoesNotMatch", words, 403)


def test_a_profile_of_identity_center_itself(
    cloud: EmbeddedAws, environment: Callable, command: list[str], config: str, tmp_path: Path
) -> None:
    """As after `aws sso login`: a token in the cache, exchanged for credentials at Identity Center's portal."""
    sandbox_variables = cloud.environment()
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {"accessToken": "token", "expiresAt": "2099-01-01T00:00:00Z", "startUrl": "x", "region": "us-east-1"}
    (cache / f"{hashlib.sha1(b'company').hexdigest()}.json").write_text(json.dumps(token))

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path.startswith("/federation/credentials?")
            credentials = {
                "accessKeyId": sandbox_variables["AWS_ACCESS_KEY_ID"],
                "secretAccessKey": sandbox_variables["AWS_SECRET_ACCESS_KEY"],
            }
            body = json.dumps(
                {"roleCredentials": {**credentials, "sessionToken": "", "expiration": 4070908800000}}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Portal) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        variables = environment(
            cloud,
            AWS_CONFIG_FILE=config,
            AWS_ENDPOINT_URL_SSO=f"http://127.0.0.1:{portal.server_port}",
            HOME=str(tmp_path),
            AWS_PROFILE="sso",
        )
        del variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]
        done = subprocess.run(
            [*command, "status", "--format", "json"], env=variables, capture_output=True, text=True, timeout=60
        )
        portal.shutdown()
    assert _caller(done.stdout)["result"] == "pass", done.stdout
    assert "token" not in done.stdout + done.stderr
