from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import EmbeddedAws


@pytest.fixture
def aws() -> Iterator[Callable[..., EmbeddedAws]]:
    """`aws(seed, **options)`: an embedded AWS that ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(EmbeddedAws(*arguments, **options))


@pytest.fixture
def code() -> Callable[..., str]:
    """`code(call, **arguments)`: the error code with which the call is refused; the call must be refused."""

    def refused(call: Callable[..., Any], **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        return str(caught.value.response["Error"]["Code"])

    return refused
