"""The WSGI application: reads a call, passes it through the gate, has it answered, writes it to the log.

The gate, outermost first: faults, throttling, the API model's rules, IAM (if enforced), then the operation itself: its
guards, and its handler or moto. Each is a file of its own; this one only puts them in order.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.exceptions import ServiceException, _RESTError
from werkzeug.http import HTTP_STATUS_CODES

from sandbox.aws.authorization import principals
from sandbox.aws.core import models
from sandbox.aws.core.call_log import CallLog
from sandbox.aws.core.errors import AwsError, not_implemented, other_partition
from sandbox.aws.core.registry import GUARDS, HANDLERS, WAITING, Context
from sandbox.aws.core.wire import Call, Response, read_call, stamped, write_error, write_result
from sandbox.aws.core.world import HOME_REGION, World, serving
from sandbox.aws.middleware import faults, validation
from sandbox.aws.middleware.enforcement import check_trust, enforce
from sandbox.aws.middleware.throttle import Throttle
from sandbox.aws.services.cloudtrail import operations
from sandbox.aws.services.organizations.concurrency import changing

from . import control_api
from .moto_app import ask_moto
from .partitions import partition_of
from .same_origin import foreign_sender

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

# moto keeps IAM once a partition, so a request of any Region is answered from there.
_GLOBAL = "iam"
# moto answers some operations of these that we don't, from a state of its own in which nothing of ours is.
_WITHOUT_MOTO = frozenset({"organizations", "sso-admin", "identitystore"})


class Application:
    """enforce_iam: whether IAM is enforced on every caller, or only on a function's role, on which it always is. token:
    the control API requires it of requests that change something."""

    def __init__(
        self,
        world: World,
        log: CallLog,
        faults_: faults.Faults,
        throttle: Throttle | None,
        *,
        enforce_iam: bool,
        token: str,
    ) -> None:
        self._world = world
        self._log = log
        self._faults = faults_
        self._throttle = throttle
        self._enforce_iam = enforce_iam
        self._token = token
        self.ending = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        refusal = foreign_sender(environ)
        if refusal is not None:
            return _refused(refusal, start_response)
        with serving(self._world):
            if str(environ.get("PATH_INFO", "")).startswith(control_api.PREFIX):
                status, headers, body = control_api.answer(self._world, environ, self._token)
            else:
                self._world.source.tick()
                partition = partition_of(environ)
                response = self._answer(environ if partition is None else partition.request(environ))
                status, headers, body = response if partition is None else partition.answer(response)
        reason = HTTP_STATUS_CODES.get(status, "Unknown")
        start_response(f"{status} {reason}", [*_without_length(headers), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Response:
        call: Call | None = None
        arrived = self._world.now()
        principal = principals.NOBODY
        try:
            call = read_call(environ, self._world.source.uuid())
            if call is None:
                raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            principal = principals.find(call.access_key, json=call.json)
            response = self._pass_gate(call, principal, environ)
        except AwsError as error:
            response = write_error(call, error, json_if_no_call="HTTP_X_AMZ_TARGET" in environ)
        except (ServiceException, _RESTError) as error:  # moto's own refusals, met in a handler of ours
            code = getattr(error, "error_type", None) or error.code
            response = write_error(call, AwsError(str(code), str(error.message), _status_of(error)))
        except Exception as error:  # noqa: BLE001 - a fault of the sandbox's own must not look like one of AWS's
            traceback.print_exc()
            text = f"The sandbox failed ({type(error).__name__}: {error}); its trace is on its standard error."
            response = write_error(call, AwsError("SandboxFailure", text, 501))
        request_id = call.id if call is not None else self._world.new_uuid()
        response = stamped(response, request_id)
        if call is not None:
            self._log.write(arrived, call.service, call.operation, response[0], principal.arn, call.parameters)
            operations.keep(self._world, call, principal, request_id, response)
        return response

    def _pass_gate(self, call: Call, principal: principals.Principal, environ: dict[str, Any]) -> Response:
        fault = self._faults.next_for(call.service, call.operation)
        if fault is not None and fault.error in faults.SPECIAL:
            return self._break(fault, environ)
        if fault is not None:
            self._delay_or_fail(fault, call)
        if self._throttle is not None:
            self._throttle.check(principal.account, call.service, self._world.now())
        if call.service in _WITHOUT_MOTO and (call.service, call.operation) not in HANDLERS:
            raise not_implemented(call.service, call.operation)
        if not call.is_read and (other := models.partition_of(call.region)) != "aws":
            raise other_partition(call.region, other)
        validation.check(call)
        self._authorize(call, principal)
        if fault is not None and fault.error in faults.PAGES:
            call = faults.short_page(call, fault.error, environ)
        return self._operate(call, principal, environ)

    def _delay_or_fail(self, fault: faults.Fault, call: Call) -> None:
        if fault.error == "slow":
            self.ending.wait(fault.seconds)
        elif fault.error not in faults.PAGES:
            raise faults.as_error(call.service, fault.error)

    def _authorize(self, call: Call, principal: principals.Principal) -> None:
        session = principal.session
        if self._enforce_iam or (session is not None and session.enforced):
            enforce(self._world, call, principal)
        else:
            check_trust(self._world, call, principal)

    def _operate(self, call: Call, principal: principals.Principal, environ: dict[str, Any]) -> Response:
        context = Context(self._world, call, principal.account)
        key = (call.service, call.operation)
        ours = (key in HANDLERS or call.service == _GLOBAL) and key not in WAITING
        with changing(self._world, call, self.ending.wait), self._world.lock if ours else contextlib.nullcontext():
            for guard in (*GUARDS.get((call.service, "*"), ()), *GUARDS.get(key, ())):
                guard(context)
            handler = HANDLERS.get(key)
            if handler is not None:
                result = handler(context)
                return result if isinstance(result, tuple) else write_result(call, result)
            if call.service == _GLOBAL:
                environ["HTTP_AUTHORIZATION"] = environ["HTTP_AUTHORIZATION"].replace(
                    f"/{call.region}/", f"/{HOME_REGION}/"
                )
            return ask_moto(call, environ, principal.account)

    def _break(self, fault: faults.Fault, environ: dict[str, Any]) -> Response:
        if fault.error == "malformed":
            return 200, [("Content-Type", "text/plain")], b"<<<"
        if fault.error == "timeout":
            self.ending.wait(fault.seconds)
        connection = environ.get("werkzeug.socket")
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return 0, [], b""


def _refused(reason: str, start_response: StartResponse) -> Iterable[bytes]:
    body = f"sandbox: {reason}\n".encode()
    start_response("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _status_of(error: Any) -> int:
    """moto gives an HTTP status to its REST errors only."""
    return error.code if isinstance(error.code, int) else 400


def _without_length(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() != "content-length"]
