"""Lambda's invocations: at once or later, with retries, and what becomes of those that fail to the last.

Source: lambda/latest/dg/invocation-async-error-handling.html: two more attempts, after one minute and after two more;
then the function's failure destination or dead letter queue, which its own role has to be allowed to write to. The
waits follow the sandbox's clock. What is still waiting when the sandbox ends is gone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.models import lambda_backends

from sandbox.aws.core.agenda import Agenda
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World, serving
from sandbox.aws.services.cloudwatch.metrics import add_embedded, add_metric

from .dead_letters import send_failure
from .execution_environment import ExecutionEnvironment, Outcome
from .execution_role import credentials_of_role
from .function_logs import lines_of, log_group_of, new_stream_name, write_lines
from .runtime_api import Invocation

_WAITS = (60.0, 120.0)  # seconds before the first retry and the second
_MOST_AGE = 21_600.0
_MOST_AT_ONCE = 10
_SESSION_MARGIN = 60.0


@dataclass(frozen=True)
class Pending:
    """An asynchronous invocation. attempts: their number so far; since: the time of the request."""

    invocation: Invocation
    since: float
    attempts: int = 0


@dataclass
class _Warm:
    """An execution environment that may be used again, until its credentials end."""

    environment: ExecutionEnvironment
    stream: str
    access_key: str
    until: float


class Functions:
    """Runs the functions of one sandbox. allow: raises AwsError unless IAM allows the call to whose access key it
    has; endpoint: where the functions' own calls go; folder: where their code goes."""

    def __init__(
        self,
        world: World,
        agenda: Agenda,
        endpoint: str,
        allow: Callable[[World, Call], None],
        folder: Path | None = None,
    ) -> None:
        self._world, self._agenda, self._endpoint, self._allow = world, agenda, endpoint, allow
        self._folder = folder
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Pending]] = {}
        self._running: dict[str, int] = {}
        self._warm: dict[str, list[_Warm]] = {}
        self._ending = False

    # --- what is asked of it ---

    def find(self, arn: str) -> Any | None:
        """moto's function; None if there is none."""
        parts = arn.split(":")
        if len(parts) < 7:
            return None
        return lambda_backends[parts[4]][parts[3]].get_function_by_arn(":".join(parts[:7]))

    def invoke(self, function: Any, payload: str) -> Outcome:
        """Waits for the outcome. Raises AwsError if as many as may are running already."""
        arn = str(function.function_arn)
        with self._lock:
            if self._running.get(arn, 0) >= _capacity(function):
                self._count(function, "Throttles")
                raise AwsError(
                    "TooManyRequestsException", "Rate Exceeded.", 429, Reason="ConcurrentInvocationLimitExceeded"
                )
            self._running[arn] = self._running.get(arn, 0) + 1
        try:
            return self._run(function, Invocation(self._world.new_uuid(), arn, payload, float(function.timeout)))
        finally:
            self._end_one(function)

    def invoke_later(self, function: Any, payload: str) -> str:
        """Returns the request's id."""
        invocation = Invocation(self._world.new_uuid(), str(function.function_arn), payload, float(function.timeout))
        self._enqueue(function, Pending(invocation, self._world.now()))
        return invocation.id

    def is_idle(self) -> bool:
        """Whether nothing runs, and nothing waits for a place to run."""
        with self._lock:
            return not any(self._running.values()) and not any(self._waiting.values())

    def stop(self) -> None:
        with self._lock:
            self._ending = True
            idle = [warm for group in self._warm.values() for warm in group]
            self._warm.clear()
        for warm in idle:
            warm.environment.stop()

    # --- later ---

    def _enqueue(self, function: Any, pending: Pending) -> None:
        with self._lock:
            self._waiting.setdefault(str(function.function_arn), deque()).append(pending)
        self._start_waiting(function)

    def _start_waiting(self, function: Any) -> None:
        arn = str(function.function_arn)
        with self._lock:
            waiting = self._waiting.get(arn, deque())
            while waiting and not self._ending and self._running.get(arn, 0) < _capacity(function):
                self._running[arn] = self._running.get(arn, 0) + 1
                arguments = (function, waiting.popleft())
                threading.Thread(target=self._run_pending, args=arguments, name="invocation", daemon=True).start()

    def _run_pending(self, function: Any, pending: Pending) -> None:
        with serving(self._world):
            try:
                outcome = self._run(function, pending.invocation)
                if outcome.failed:
                    self._try_again(function, dataclasses.replace(pending, attempts=pending.attempts + 1), outcome)
            finally:
                self._end_one(function)

    def _try_again(self, function: Any, pending: Pending, outcome: Outcome) -> None:
        settings = function.event_invoke_config[0].config if function.event_invoke_config else {}
        retries = settings.get("MaximumRetryAttempts", len(_WAITS))
        oldest = pending.since + settings.get("MaximumEventAgeInSeconds", _MOST_AGE)
        if pending.attempts > retries:
            self._give_up(function, pending, outcome, "RetriesExhausted")
            return
        when = self._world.now() + _WAITS[pending.attempts - 1]
        if when > oldest:
            self._give_up(function, pending, outcome, "EventAgeExceeded")
            return
        self._agenda.at(when, lambda: self._enqueue(function, pending))

    def _give_up(self, function: Any, pending: Pending, outcome: Outcome, condition: str) -> None:
        self._count(function, "AsyncEventsDropped")
        key, _ = credentials_of_role(self._world, function)
        try:
            send_failure(
                self._world,
                function,
                pending.invocation,
                outcome,
                condition,
                pending.attempts,
                lambda call: self._allow(self._world, dataclasses.replace(call, access_key=key["AccessKeyId"])),
            )
        except AwsError:
            self._count(function, "DeadLetterErrors")

    def _end_one(self, function: Any) -> None:
        with self._lock:
            self._running[str(function.function_arn)] -= 1
        self._start_waiting(function)

    # --- one invocation ---

    def _run(self, function: Any, invocation: Invocation) -> Outcome:
        try:
            warm = self._take(function)
        except AwsError as error:
            failure = json.dumps({"errorType": error.code, "errorMessage": error.message})
            return self._counted(function, Outcome(failure, failed=True, log="", seconds=0.0))
        outcome = warm.environment.run(invocation)
        self._write_log(function, warm, invocation.id, outcome)
        self._put_back(function, warm)
        return self._counted(function, outcome)

    def _counted(self, function: Any, outcome: Outcome) -> Outcome:
        """The outcome, after its metrics are published."""
        self._count(function, "Invocations")
        self._count(function, "Errors", float(outcome.failed))
        self._count(function, "Duration", outcome.seconds * 1000)
        return outcome

    def _take(self, function: Any) -> _Warm:
        """An execution environment of this version whose credentials are valid, warm if there is one."""
        version, now = _version(function), self._world.now()
        with self._lock:
            group = self._warm.setdefault(str(function.function_arn), [])
            usable = [warm for warm in group if _fits(warm, version, now)]
            outdated = [warm for warm in group if warm not in usable]
            chosen = usable.pop() if usable else None
            self._warm[str(function.function_arn)] = usable
        for warm in outdated:
            warm.environment.stop()
        return chosen or self._start(function, version)

    def _start(self, function: Any, version: str) -> _Warm:
        credentials, until = credentials_of_role(self._world, function)
        stream = new_stream_name(self._world)
        variables = {
            **function.environment_vars,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": function.get_configuration()["LoggingConfig"]["LogFormat"],
            "AWS_LAMBDA_LOG_GROUP_NAME": log_group_of(function),
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        }
        environment = ExecutionEnvironment(version, function.code_bytes, function.handler, variables, self._folder)
        return _Warm(environment, stream, credentials["AccessKeyId"], until - _SESSION_MARGIN)

    def _put_back(self, function: Any, warm: _Warm) -> None:
        with self._lock:
            keep = warm.environment.is_alive and not self._ending
            if keep:
                self._warm.setdefault(str(function.function_arn), []).append(warm)
        if not keep:
            warm.environment.stop()

    def _write_log(self, function: Any, warm: _Warm, request_id: str, outcome: Outcome) -> None:
        add_embedded(self._world, function.account_id, function.region, outcome.log)
        names = {"logGroupName": log_group_of(function), "logStreamName": warm.stream}
        try:
            for operation in ("CreateLogStream", "PutLogEvents"):
                self._allow(
                    self._world, Call("logs", operation, function.region, warm.access_key, names, True, "lambda")
                )
        except AwsError:
            return  # as with AWS: a function whose role may not write its log leaves none
        write_lines(self._world, function, warm.stream, lines_of(function, request_id, outcome))

    def _count(self, function: Any, name: str, value: float = 1.0) -> None:
        dimensions = {"FunctionName": function.function_name}
        add_metric(self._world, function.account_id, function.region, "AWS/Lambda", name, dimensions, value)


def _capacity(function: Any) -> int:
    reserved = function.reserved_concurrency
    return _MOST_AT_ONCE if reserved is None else int(reserved)


def _fits(warm: _Warm, version: str, now: float) -> bool:
    return warm.environment.version == version and warm.environment.is_alive and now < warm.until


def _version(function: Any) -> str:
    """A value that changes whenever the function needs a new execution environment."""
    settings = (
        function.code_sha_256,
        function.handler,
        function.role,
        function.timeout,
        function.memory_size,
        sorted(function.environment_vars.items()),
        function.get_configuration()["LoggingConfig"],
    )
    return hashlib.sha256(repr(settings).encode()).hexdigest()
