"""The stack program's configuration: read from Pulumi's `aws-identity-center` namespace, every problem reported at
once and by key, before anything is made."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.configuration import EMPTY, KEYS, STRUCTURED
from pulumi_aws_identity_center.errors import InvalidInput, hidden, shown
from pulumi_aws_identity_center.matrix.access_file import read_access_file
from pulumi_aws_identity_center.names import PACKAGE

from .arguments import parse_values
from .organization_sso import OrganizationSsoArgs


def from_stack() -> OrganizationSsoArgs:
    """The program's arguments. Raises pulumi.RunError with one sentence a problem."""
    prefix = f"{PACKAGE}:"
    given = {
        key.removeprefix(prefix): value
        # CONFIG is the SDK's own: pulumi.Config reads a key by name only, and a misspelt key must not pass in silence.
        for key, value in pulumi.runtime.config.CONFIG.get().items()
        if key.startswith(prefix)
    }
    secret = [key for key in given if pulumi.runtime.config.is_config_secret(prefix + key)]
    try:
        return _with_secrets(parse(given, secret), secret)
    except InvalidInput as error:
        raise pulumi.RunError(f"The configuration of {PACKAGE} has problems:\n{error}") from None


def _with_secrets(args: OrganizationSsoArgs, secret: Collection[str]) -> OrganizationSsoArgs:
    """What was set with --secret, and is a value of somebody's rather than a choice, stays a secret in the state."""
    kept: dict[str, Any] = dict(args)
    secret = kept.keys() & set(secret)
    if "delegatedAdministratorAccountId" in secret:
        kept["delegatedAdministratorAccountId"] = pulumi.Output.secret(kept["delegatedAdministratorAccountId"])
    if "breakGlass" in secret:
        kept["breakGlass"] = {**kept["breakGlass"], "reason": pulumi.Output.secret(kept["breakGlass"]["reason"])}
    if "sentinel" in secret:
        kept["sentinel"] = _with_secret_notify(kept["sentinel"])
    if "operatorRoles" in secret:
        kept["operatorRoles"] = [
            role.with_trusted([pulumi.Output.secret(arn) for arn in role.trusted]) for role in kept["operatorRoles"]
        ]
    return kept  # type: ignore[return-value]


def _with_secret_notify(sentinel: Mapping[str, Any]) -> dict[str, Any]:
    """Who is told is somebody's own; the rest is a choice."""
    notify = dict(sentinel.get("notify") or {})
    notify.update({key: [pulumi.Output.secret(email) for email in notify[key]] for key in ("emails",) if key in notify})
    notify.update({key: pulumi.Output.secret(notify[key]) for key in ("topicArn",) if notify.get(key)})
    return {**sentinel, "notify": notify}


def _value(key: str, text: str) -> Any:
    """Raises ValueError for what has to be structured, InvalidInput for a file that can't be read."""
    if key == "accessMatrix" and text.endswith((".yaml", ".yml", ".json")):
        return _access_file(text)
    return json.loads(text) if key in STRUCTURED else text


def _access_file(path: str) -> Any:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            [
                f"{PACKAGE}:accessMatrix names the file {path}, which can't be read from {Path.cwd()}: {reason}. Give "
                "a path from the program's folder, or the matrix itself."
            ]
        ) from None
    return read_access_file(text, path) or {}


def parse(given: Mapping[str, str], secret: Collection[str] = ()) -> OrganizationSsoArgs:
    """Configuration as Pulumi has it (text; JSON for objects and lists) as arguments. Raises InvalidInput.

    secret: the keys with values that no message may show.
    """
    problems = [f"{PACKAGE}:{key} is not known; the keys are {', '.join(KEYS)}." for key in given if key not in KEYS]
    args: dict[str, Any] = {}
    for key in KEYS:
        if given.get(key, "") in EMPTY.get(key, ()) or key not in given:
            continue
        try:
            args[key] = _value(key, given[key])
        except InvalidInput as error:
            problems += error.problems
        except ValueError:
            was = hidden(given[key]) if key in secret else given[key]
            problems.append(
                f"{PACKAGE}:{key} is {shown(was)}, and has to be structured: "
                f"pulumi config set --path '{PACKAGE}:{key}…' VALUE, or an object in Pulumi.STACK.yaml."
            )
    # A secret is checked as one of which no message has a value, and then parsed as it is.
    checked = {key: hidden(value) if key in secret else value for key, value in args.items()}
    values, value_problems = parse_values(checked, OrganizationSsoArgs, f"{PACKAGE}:")
    if problems := [*problems, *value_problems]:
        raise InvalidInput(problems)
    own = {key: value for key, value in args.items() if key in secret}
    parsed: Any = {**values, **parse_values(own, OrganizationSsoArgs)[0]}
    return parsed  # type: ignore[no-any-return]
