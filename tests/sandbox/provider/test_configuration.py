"""The provider never speaks to anything but this machine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from sandbox.provider import configuration
from sandbox.provider.record import Refused
from tests.walk import walk


@walk("url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000", "http://127.1.2.3"])
def test_this_machine_is_allowed(url: str) -> None:
    assert configuration.endpoint({"endpoints": [{"sts": url}]}, "sts") == url


@walk(
    "url",
    [
        "https://sts.amazonaws.com",
        "http://10.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://0.0.0.0:80",
        "127.0.0.1:5000",
        "http://10.0.0.1:80#@localhost",
        "http://10.0.0.1:80?@localhost",
        "http://10.0.0.1:80\\@localhost",
        "http://10.0.0.1:80/@localhost",
        "http://user@localhost:80",
        "http://localhost:80/path",
        "http://localhost:80?query",
        "http://localhost:80#fragment",
        "http://localhost :80",
        "http://localhost\n:80",
        "ftp://localhost",
        "http://127.1",
        "http://2130706433",
    ],
)
def test_anything_else_is_refused_by_name(url: str) -> None:
    with pytest.raises(Refused, match="only an address of this machine is allowed"):
        configuration.endpoint({"endpoints": [{"sts": url}]}, "sts")


def test_no_endpoint_at_all_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(Refused, match="python -m sandbox run"):
        configuration.endpoint({}, "sts")


@given(st.ip_addresses())
def test_only_a_loopback_address_is_this_machines(address) -> None:
    url = f"http://[{address}]:80" if address.version == 6 else f"http://{address}:80"
    assert configuration.is_loopback(url) is address.is_loopback


@given(st.text(alphabet="@#?\\\\/:.[] \t\n%localhost127", max_size=20))
def test_what_is_allowed_is_sent_to_this_machine(rest) -> None:
    url = f"http://10.0.0.1{rest}"
    assert not configuration.is_loopback(url)
    for allowed in (f"http://localhost{rest}", f"http://127.0.0.1{rest}"):
        if configuration.is_loopback(allowed):
            assert configuration.is_this_machine(parse_url(allowed).host or "")


def test_a_signed_request_to_elsewhere_is_not_sent() -> None:
    with pytest.raises(Refused, match=r"does not send a request to 10\.0\.0\.1"):
        configuration.refuse_foreign_request(SimpleNamespace(url="http://10.0.0.1/"))


_PROFILES = """
[profile role]
role_arn = arn:aws:iam::111122223333:role/r
source_profile = base
[profile token]
role_arn = arn:aws:iam::111122223333:role/r
web_identity_token_file = {file}
[profile base]
aws_access_key_id = AKIAREAL
aws_secret_access_key = secret
"""


@pytest.mark.parametrize("profile", ["role", "token"])
def test_botocore_s_own_sign_in_elsewhere_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str
) -> None:
    file = tmp_path / "config"
    file.write_text(_PROFILES.format(file=file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://10.0.0.1:9")
    with pytest.raises(Refused, match=r"does not send a request to 10\.0\.0\.1"):
        configuration.Session({"profile": profile}).identify()


def test_no_request_goes_by_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.1:9")
    session = configuration.Session({"accessKey": "a", "secretKey": "b"})
    with pytest.raises(EndpointConnectionError, match=r"http://127\.0\.0\.1:9"):
        session.identify()


def test_a_name_that_is_another_machine_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = [(0, 0, 0, "", ("127.0.0.1", 0)), (0, 0, 0, "", ("10.0.0.1", 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: addresses)
    assert not configuration.is_loopback("http://localhost:80")


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ({"role_arn": "x"}, "has the key 'role_arn', which it doesn't know"),
        ({"rolearn": "x"}, "has the key 'rolearn'"),
        ({}, "without roleArn"),
        ("arn:aws:iam::111122223333:role/r", "each role is an object"),
        ({"roleArn": "x", "duration": "1h"}, "assumes roles without duration"),
    ],
)
def test_a_mistyped_role_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, role: object, message: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Refused, match=message):
        configuration.Session({"assumeRoles": [role]})("sts")
