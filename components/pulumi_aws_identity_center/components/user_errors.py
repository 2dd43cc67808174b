"""Turns the package's errors into errors that the engine shows as one message, without a stack trace."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pulumi

from pulumi_aws_identity_center.errors import IdentityCenterError

# pulumi.RunError is what every Pulumi language host prints without a trace.
_make: Callable[[str], Exception] = pulumi.RunError


def tell_by(make: Callable[[str], Exception]) -> None:
    """From now on, `plain_error` makes such errors: a plugin's errors reach the engine in another way."""
    global _make
    _make = make


def plain_error(sentence: str) -> Exception:
    """The error whose message is that sentence, without a trace."""
    return _make(sentence)


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turns an IdentityCenterError into a plain error."""
    try:
        yield
    except IdentityCenterError as error:
        raise plain_error(str(error)) from None


def is_plugin() -> bool:
    """Whether this process serves components to programs, rather than being one."""
    return _make is not pulumi.RunError


def in_update() -> bool:
    """Whether this is an update, not a preview."""
    runs = pulumi.runtime.get_root_resource() is not None or is_plugin()
    return runs and not pulumi.runtime.is_dry_run()
