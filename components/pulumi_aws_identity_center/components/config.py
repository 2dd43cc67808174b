"""The stack program's configuration: read from Pulumi's `aws-identity-center` namespace, every problem reported at
once and by key, before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.break_glass import BreakGlass
from pulumi_aws_identity_center.domain.configuration import KEYS, MATRIX_FILES, full_key, is_set, value_of
from pulumi_aws_identity_center.domain.operator_roles import OperatorRole
from pulumi_aws_identity_center.domain.sentinel import SentinelSettings
from pulumi_aws_identity_center.errors import InvalidInput, hidden, refuse
from pulumi_aws_identity_center.matrix.access_file import read_access_file
from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix
from pulumi_aws_identity_center.names import PACKAGE

from .access_problems import usable_matrix, with_problems_in_aws
from .arguments import PARSERS, SECRET_REASON, Arguments


def from_stack() -> Any:
    """The program's arguments. Raises pulumi.RunError with one sentence a problem."""
    prefix = f"{PACKAGE}:"
    values = {
        key.removeprefix(prefix): value
        # CONFIG is the SDK's own: pulumi.Config reads a key by name only, and a misspelt key must not pass in silence.
        for key, value in pulumi.runtime.config.CONFIG.get().items()
        if key.startswith(prefix)
    }
    secret = [key for key in values if pulumi.runtime.config.is_config_secret(prefix + key)]
    try:
        with with_problems_in_aws(lambda: _usable_matrix(values, secret)):
            return _with_secrets(parse(values, secret), secret)
    except InvalidInput as error:
        raise pulumi.RunError(f"The configuration of {PACKAGE} has problems:\n{error}") from None


def _with_secrets(args: Arguments, secret: Collection[str]) -> Arguments:
    """What was set with --secret, and is a value of somebody's rather than a choice, stays a secret in the state."""
    marks = {key: mark for key, mark in _SECRET_PARTS.items() if key in secret and key in args}
    return Arguments(args | {key: mark(args[key]) for key, mark in marks.items()})


def _secret_reason(glass: BreakGlass) -> BreakGlass:
    reason = pulumi.Output.secret(glass.arguments["reason"])
    return replace(glass, reason=SECRET_REASON, arguments={**glass.arguments, "reason": reason})


def _secret_receivers(settings: SentinelSettings) -> SentinelSettings:
    """Who is told is somebody's own; the rest is a choice."""
    emails = tuple(pulumi.Output.secret(email) for email in settings.emails)
    topic = pulumi.Output.secret(settings.topic_arn) if settings.topic_arn else None
    return replace(settings, emails=emails, topic_arn=topic)


def _secret_trust(roles: Sequence[OperatorRole]) -> list[OperatorRole]:
    return [role.with_trusted([pulumi.Output.secret(arn) for arn in role.trusted]) for role in roles]


_SECRET_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "delegatedAdministratorAccountId": pulumi.Output.secret,
    "breakGlass": _secret_reason,
    "sentinel": _secret_receivers,
    "operatorRoles": _secret_trust,
}


def parse(given: Mapping[str, str], secret: Collection[str] = ()) -> Arguments:
    """Configuration as Pulumi has it (text; JSON for objects and lists) as OrganizationSso's parsed arguments.

    secret: the keys with values that no message may show. Raises InvalidInput with every problem, by key.
    """
    args = Arguments()
    problems = [f"{full_key(key)} is not known; the keys are {', '.join(KEYS)}." for key in given if key not in KEYS]
    for key in KEYS:
        if not is_set(key, given.get(key)):
            continue
        try:
            args[key] = PARSERS[key](_value_of(key, given[key]), full_key(key))
        except InvalidInput as error:
            problems += _problems_without_value(key, given[key]) if key in secret else error.problems
    refuse(problems)
    return args


def _value_of(key: str, text: str) -> Any:
    """The value, or what the file that it names holds. Raises InvalidInput."""
    value = value_of(key, text)
    if key == "accessMatrix" and isinstance(value, str) and value.endswith(MATRIX_FILES):
        return _access_file(value)
    return value


def _usable_matrix(values: Mapping[str, str], secret: Collection[str]) -> AccessMatrix | None:
    """None also for a secret: no problem of the configuration shows a secret's value."""
    key = "accessMatrix"
    if key in secret or not is_set(key, values.get(key)):
        return None
    try:
        return usable_matrix(_value_of(key, values[key]), full_key(key))
    except InvalidInput:
        return None


def _problems_without_value(key: str, text: str) -> list[str]:
    """What is wrong with a secret, of which no message has a value."""
    try:
        PARSERS[key](hidden(value_of(key, hidden(text))), full_key(key))
    except InvalidInput as error:
        return list(error.problems)
    return [f"{full_key(key)} can't be read."]


def _access_file(path: str) -> Any:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            f"{PACKAGE}:accessMatrix names the file {path}, which can't be read from {Path.cwd()}: {reason}. Give "
            "a path from the program's folder, or the matrix itself."
        ) from None
    return read_access_file(text, path)
