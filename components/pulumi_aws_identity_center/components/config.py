"""The stack program's configuration, from Pulumi's namespace `aws-identity-center`. One error lists every problem by
key, before the program declares anything."""

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
    """OrganizationSso's arguments. Raises pulumi.RunError with a sentence for each problem."""
    prefix = f"{PACKAGE}:"
    values = {
        key.removeprefix(prefix): value
        # CONFIG, because pulumi.Config can't list the keys, and a misspelt key must be an error.
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
    """Values that were set with --secret stay secrets in the state, unless they choose a behaviour."""
    marks = {key: mark for key, mark in _SECRET_PARTS.items() if key in secret and key in args}
    return Arguments(args | {key: mark(args[key]) for key, mark in marks.items()})


def _secret_reason(glass: BreakGlass) -> BreakGlass:
    reason = pulumi.Output.secret(glass.arguments["reason"])
    return replace(glass, reason=SECRET_REASON, arguments={**glass.arguments, "reason": reason})


def _secret_receivers(settings: SentinelSettings) -> SentinelSettings:
    """The receivers are secret. The other settings choose a behaviour."""
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


def parse(texts: Mapping[str, str], secret: Collection[str] = ()) -> Arguments:
    """OrganizationSso's arguments, parsed from Pulumi's configuration (text; JSON for objects and lists).

    secret: the keys with values that no message may show. Raises InvalidInput with every problem, by key.
    """
    args = Arguments()
    problems = [f"{full_key(key)} is not known; the keys are {', '.join(KEYS)}." for key in texts if key not in KEYS]
    for key in KEYS:
        if not is_set(key, texts.get(key)):
            continue
        try:
            args[key] = PARSERS[key](_value_of(key, texts[key]), full_key(key))
        except InvalidInput as error:
            problems += _problems_without_value(key, texts[key]) if key in secret else error.problems
    refuse(problems)
    return args


def _value_of(key: str, text: str) -> Any:
    """The value, or the content of the file that it names. Raises InvalidInput."""
    value = value_of(key, text)
    if key == "accessMatrix" and isinstance(value, str) and value.endswith(MATRIX_FILES):
        return _access_file(value)
    return value


def _usable_matrix(values: Mapping[str, str], secret: Collection[str]) -> AccessMatrix | None:
    """None for a secret, whose value no message may show."""
    key = "accessMatrix"
    if key in secret or not is_set(key, values.get(key)):
        return None
    try:
        return usable_matrix(_value_of(key, values[key]), full_key(key))
    except InvalidInput:
        return None


def _problems_without_value(key: str, text: str) -> list[str]:
    """The problems of a secret, without its value."""
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
