"""`EmbeddedAws`: the embedded AWS as a server on 127.0.0.1, from a seed to a stop."""

from __future__ import annotations

import contextlib
import datetime
import logging
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.aws import seeds
from sandbox.aws.authorization import principals
from sandbox.aws.core import models, snapshot, world
from sandbox.aws.core.call_log import CallLog
from sandbox.aws.core.clock import STOPPED_AT, TICK, Source, moment_of
from sandbox.aws.core.errors import SandboxError
from sandbox.aws.middleware.faults import Faults
from sandbox.aws.middleware.throttle import Throttle
from sandbox.aws.services import identity_store, organizations, sso_admin
from sandbox.aws.services.cloudtrail import operations as cloudtrail
from sandbox.aws.services.functions import operations as functions
from sandbox.aws.services.iam import (
    authorization_details,
    boundaries,
    entity_lists,
    limits,
    lists,
    managed_policies,
    rules,
    service_linked_roles,
)
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.sso_admin import roles
from sandbox.aws.services.sts import operations as sts
from sandbox.aws.services.sts import web_identity
from sandbox.aws.services.sts.sessions import credentials_of, session_of_role

from . import moto_patches
from .app import Application
from .background import Background
from .moto_app import check_version

# Importing them registers their operations.
_REGISTERED = (
    authorization_details,
    cloudtrail,
    functions,
    managed_policies,
    boundaries,
    limits,
    lists,
    entity_lists,
    rules,
    identity_store,
    organizations,
    service_linked_roles,
    sso_admin,
    sts,
    web_identity,
)


# Of all clients, since making a session takes longer than making a client. Threads may share clients, not a session:
# https://docs.aws.amazon.com/boto3/latest/guide/session.html#multithreading-or-multiprocessing-with-sessions
_SESSION = boto3.session.Session(botocore_session=models.bare_session())
_CREATING_CLIENTS = threading.Lock()


class _Handler(WSGIRequestHandler):
    def log_request(self, *arguments: Any) -> None:
        """The call log says it all."""


class EmbeddedAws:
    """A context manager. Several at once in one process share nothing.

    seed: a shipped seed's name or a YAML file (seeds.py); load: a snapshot to start from instead; save: where a
    snapshot goes at the end; log: JSON lines of every call; faults: SERVICE:OPERATION:ERROR[:COUNT] each (faults.py);
    throttle: AWS's request rates (throttle.py); enforce_iam: refuse what IAM does not allow the caller; repeatable: a
    number from which all ids follow, with a clock that goes on by a step a call, so that the same calls give the same
    bytes; clock: an ISO 8601 time at which the clock starts, instead of now.
    Raises SandboxError for a bad seed, snapshot or fault, before anything is started.
    """

    def __init__(
        self,
        seed: str | Path = "sso-enabled",
        *,
        log: Path | None = None,
        throttle: bool = False,
        faults: Sequence[str] = (),
        enforce_iam: bool = False,
        port: int = 0,
        load: Path | None = None,
        save: Path | None = None,
        repeatable: int | None = None,
        clock: str | None = None,
    ) -> None:
        check_version()
        world.install()
        moto_patches.install()
        source = Source() if repeatable is None else Source(repeatable, STOPPED_AT, TICK)
        start = moment_of(clock) if clock is not None else None
        self._faults = Faults(list(faults), repeatable)
        self.world = snapshot.load(load) if load is not None else seeds.grow(seeds.read(seed), source)
        self._set_time(source, start, repeatable is not None, load is not None)
        self._throttle = Throttle() if throttle else None
        if throttle:
            work.pace(self.world)
        self._enforce_iam = enforce_iam
        self.folder: Path | None = None  # for functions' code; the system's for temporary files if None
        self.token = secrets.token_urlsafe(16)
        self._log_path = log
        self._port = port
        self._save = save
        self._log = CallLog()
        self._server: BaseWSGIServer | None = None

    def _set_time(self, source: Source, start: float | None, repeatable: bool, loaded: bool) -> None:
        """A clock that stands before what the world holds would be a world that cannot be."""
        before = self.world.now() if loaded else seeds.SEEDED_AT
        if start is not None and start < before:
            earliest = datetime.datetime.fromtimestamp(before, datetime.UTC).isoformat(timespec="seconds")
            raise SandboxError(f"the clock can't start before {earliest}, of which the sandbox holds things already.")
        if loaded and repeatable:
            source.start_at(before, stopped=True)
            self.world.source = source
        if start is not None:
            self.world.source.start_at(start, stopped=repeatable)

    def __enter__(self) -> EmbeddedAws:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._log = CallLog(self._log_path)
        self._clients: dict[tuple[Any, ...], Any] = {}
        self._application = Application(
            self.world, self._log, self._faults, self._throttle, enforce_iam=self._enforce_iam, token=self.token
        )
        self._server = make_server("127.0.0.1", self._port, self._application, threaded=True, request_handler=_Handler)
        # A thread that a test leaves in a call must not keep the process from ending.
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._server.block_on_close = False  # type: ignore[attr-defined]
        self._server.timeout = 1.0  # seconds between two looks at whether to end, without a request
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._background = Background(self.world, self.endpoint, self.folder)
        self._background.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._application.ending.set()
        self._background.stop()
        with contextlib.suppress(OSError):  # one more request, so that it does not wait for one
            socket.create_connection(("127.0.0.1", self._server.port), timeout=1).close()
        self._thread.join()
        self._server.server_close()
        self._log.close()
        if self._save is not None:
            snapshot.save(self.world, self._save)

    def _serve(self) -> None:
        """`serve_forever()` would end only when it looks next: 50 ms of waiting a test."""
        assert self._server is not None
        while not self._application.ending.is_set():
            self._server.handle_request()

    @property
    def endpoint(self) -> str:
        """http://127.0.0.1:PORT"""
        assert self._server is not None, "the embedded AWS is not started: use it in a with statement"
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The call log's records, oldest first."""
        return self._log.records

    @property
    def trail(self) -> list[dict[str, Any]]:
        """Every call as a CloudTrail record, oldest first."""
        return [cloudtrail.record(event) for event in self.world.trail]

    def move_clock(self, seconds: float) -> None:
        """Lets time pass: accounts get ready, handshakes and sessions expire, waits end."""
        self.world.source.move(seconds)

    def settle(self, seconds: float = 30.0) -> bool:
        """Waits until events are delivered and functions have run; False if that takes longer."""
        return self._background.settle(seconds)

    def environment(self) -> dict[str, str]:
        """The AWS_* variables that make an SDK or the CLI speak to this server as the seed's caller, and the token with
        which a command moves its clock (control_api.py)."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": principals.administrator_key(self.world.caller),
            "AWS_SECRET_ACCESS_KEY": principals.SECRET,
            "AWS_REGION": world.HOME_REGION,
            "AWS_DEFAULT_REGION": world.HOME_REGION,
            "SANDBOX_TOKEN": self.token,
        }

    def client(
        self,
        service: str,
        account: str | None = None,
        role: str | None = None,
        region: str | None = None,
        credentials: Mapping[str, str] | None = None,
        config: Any = None,
    ) -> Any:
        """A boto3 client: as an account's administrator (the seed's caller if not given), in a role of it, whomever
        that trusts, or with credentials as CreateAccessKey and STS give them. config: botocore's, for its retries.
        Asked the same again, it gives the same client."""
        key, secret, token = principals.administrator_key(account or self.world.caller), principals.SECRET, None
        if role is not None:
            credentials = self._credentials_of(f"arn:aws:iam::{account or self.world.caller}:role/{role}")
        if credentials is not None:
            key, secret = credentials["AccessKeyId"], credentials["SecretAccessKey"]
            token = credentials.get("SessionToken")
        region_name = region or world.HOME_REGION
        with _CREATING_CLIENTS:
            made = self._clients.get((service, region_name, key, token, config))
            if made is None:
                made = self._clients[service, region_name, key, token, config] = _SESSION.client(
                    service,
                    region_name=region_name,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=key,
                    aws_secret_access_key=secret,
                    aws_session_token=token,
                    config=config,
                )
            return made

    def _credentials_of(self, role_arn: str) -> Mapping[str, str]:
        with world.serving(self.world), self.world.lock:
            roles.apply_pending_roles(self.world, role_arn.split(":")[4])
            role = sts.role_at(role_arn)
            if role is None:
                raise SandboxError(f"there is no role {role_arn}.")
            credentials = credentials_of(self.world, session_of_role(self.world, role, "sandbox", 3600))
        return {name: str(value) for name, value in credentials.items()}
