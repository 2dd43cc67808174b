"""The provider never speaks to anything but this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider import configuration
from sandbox.provider.record import Refused


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000", "http://127.1.2.3"]
)
def test_this_machine_is_allowed(url: str) -> None:
    assert configuration.endpoint({"endpoints": [{"sts": url}]}, "sts") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.amazonaws.com",
        "http://10.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://0.0.0.0:80",
        "127.0.0.1:5000",
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
def test_an_address_is_this_machines_if_and_only_if_it_is_loopback(address) -> None:
    url = f"http://[{address}]:80" if address.version == 6 else f"http://{address}:80"
    assert configuration.is_loopback(url) is address.is_loopback
