"""Faults on demand: SERVICE:OPERATION:ERROR[:COUNT][,OPTION=VALUE…].

SERVICE and OPERATION are names as in the call log, or *. ERROR is an error code of the service (AccessDeniedException),
an HTTP status (503), or one of: reset (the connection is cut), timeout (no answer for a minute), malformed (an answer
that is not what the protocol says), slow (the right answer, late), partial (a page of one row and a token for the
next, as AWS may), empty (a page of no row and a token for the first, as AWS may: of organizations, sso-admin and
identitystore). COUNT: how many calls, all if absent.
Options: after=N lets the first N calls pass; p=0.3 hits that share of the calls, by chance, and seed=N makes the chance
repeat; seconds=S is how long slow and timeout last.
"""

from __future__ import annotations

import dataclasses
import io
import math
import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.core import models
from sandbox.aws.core.errors import AwsError, SandboxError
from sandbox.aws.core.wire import Call

SPECIAL = ("reset", "timeout", "malformed")
PAGES = {"partial": 1, "empty": 0}
_PAGED_BY_US = ("organizations", "sso-admin", "identitystore")
_FORM = "SERVICE:OPERATION:ERROR[:COUNT][,OPTION=VALUE...]"
_SECONDS = {"slow": 1.0, "timeout": 60.0}
_STATUS = re.compile(r"[45]\d\d", re.ASCII)
_CODE = re.compile(r"[A-Za-z][\w.]*", re.ASCII)
_COUNT = re.compile(r"0*[1-9]\d*", re.ASCII)
# Codes that any service may answer and that its model need not name, with the HTTP status AWS gives them.
_COMMON = {"AccessDenied": 403, "ExpiredToken": 403, "InvalidClientTokenId": 403, "ServiceUnavailable": 503}


@dataclass
class Fault:
    """One --fault, with how much of it is left. skip: how many calls pass yet."""

    service: str
    operation: str
    error: str
    left: int | None = None
    skip: int = 0
    share: float = 1.0
    seconds: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    seeded: bool = False

    def matches(self, service: str, operation: str) -> bool:
        return self.service in ("*", service) and self.operation in ("*", operation) and self.left != 0

    def hits(self) -> bool:
        """Whether the fault hits this matching call; counts it."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.share < 1 and self.chance.random() >= self.share:
            return False
        if self.left is not None:
            self.left -= 1
        return True


def parse(text: str) -> Fault:
    """Raises SandboxError for a text of another form, and for an operation that the service does not have."""
    main, *options = text.split(",")
    parts = main.split(":")
    if len(parts) not in (3, 4) or not all(parts):
        raise SandboxError(f"--fault {text!r} is not of the form {_FORM}, such as sso-admin:ListInstances:503:2.")
    service, operation, error, *counts = parts
    if not _STATUS.fullmatch(error) and not _CODE.fullmatch(error):
        raise SandboxError(f"--fault {text!r}: {error!r} is no error code, and no HTTP status from 400 to 599.")
    fault = Fault(service, operation, error, seconds=_SECONDS.get(error, 0.0))
    for count in counts:
        fault.left = _count(text, count)
    _check_names(text, service, operation)
    if error in PAGES:
        _check_pages(text, service, operation, error)
    for option in options:
        _apply(text, fault, option)
    return fault


def _count(text: str, count: str) -> int:
    if not _COUNT.fullmatch(count):
        raise SandboxError(f"--fault {text!r}: COUNT is {count!r}, and has to be a whole number from 1.")
    return int(count)


def _apply(text: str, fault: Fault, option: str) -> None:
    name, _, value = option.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if math.isinf(number):
        number = -1.0
    is_whole = number >= 0 and number.is_integer()
    if name == "after" and is_whole:
        fault.skip = int(number)
    elif name == "seed" and is_whole:
        fault.chance, fault.seeded = random.Random(int(number)), True
    elif name == "p" and 0 < number <= 1:
        fault.share = number
    elif name == "seconds" and number >= 0:
        fault.seconds = number
    else:
        raise SandboxError(
            f"--fault {text!r}: {option!r} is not an option. Those are after=N, p=SHARE (above 0, up to 1), seed=N, "
            "seconds=S."
        )


def _check_names(text: str, service: str, operation: str) -> None:
    if service == "*":
        return
    if service not in models.services():
        raise SandboxError(f"--fault {text!r}: there is no service {service!r}; use its name in boto3, or *.")
    names = models.service(service).operation_names
    if operation != "*" and operation not in names:
        raise SandboxError(f"--fault {text!r}: {service} has no operation {operation!r}; it is spelt as in the API.")


def _check_pages(text: str, service: str, operation: str, error: str) -> None:
    """A fault that could never be seen is a mistake."""
    if error == "empty" and service not in ("*", *_PAGED_BY_US):
        raise SandboxError(f"--fault {text!r}: empty pages are there for {', '.join(_PAGED_BY_US)}, not for {service}.")
    if "*" in (service, operation):
        return
    shape = models.service(service).operation_model(operation).input_shape
    if shape is None or not {"NextToken", "Marker"} & set(shape.members):
        raise SandboxError(f"--fault {text!r}: {service} {operation} has no pages.")


def short_page(call: Call, error: str, environ: dict[str, Any]) -> Call:
    """The call as if its page had fewer rows; it still leads to all of them. moto, which answers most of iam's, reads
    the request's body."""
    if call.json:
        return dataclasses.replace(call, parameters={**call.parameters, "MaxResults": PAGES[error]})
    body = environ["wsgi.input"].read() + b"&MaxItems=1"
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    return dataclasses.replace(call, parameters={**call.parameters, "MaxItems": 1})


class Faults:
    """seed: makes the chance of faults repeat that have no seed of their own."""

    def __init__(self, texts: list[str], seed: int | None = None) -> None:
        self._faults = [parse(text) for text in texts]
        self._lock = threading.Lock()
        if seed is None:
            return
        for number, fault in enumerate(self._faults):
            if not fault.seeded:
                fault.chance = random.Random(f"{seed}:{number}")

    def next_for(self, service: str, operation: str) -> Fault | None:
        """The fault that hits this call, which uses up one of its count; None if none does."""
        with self._lock:
            matching = (fault for fault in self._faults if fault.matches(service, operation))
            return next((fault for fault in matching if fault.hits()), None)


def as_error(service: str, error: str) -> AwsError:
    """The answer for an error code or a status, with the HTTP status that the service's model gives the code."""
    if _STATUS.fullmatch(error):
        code = "ServiceException" if error < "502" else "ServiceUnavailable"
        return AwsError(code, "Injected.", int(error))
    return AwsError(error, "Injected by --fault.", _status_of(service, error))


def _status_of(service: str, code: str) -> int:
    status = _COMMON.get(code, 400)
    for shape in models.service(service).error_shapes if service in models.services() else ():
        if code in (shape.name, getattr(shape, "error_code", "")):
            status = shape.metadata.get("error", {}).get("httpStatusCode", status)
    return int(status)
