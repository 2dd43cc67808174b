"""One embedded AWS's whole state, and how moto is made to look there.

moto keeps its state in module-wide `BackendDict`s. Each lookup is redirected to the world of the request being
served, so that two servers in one process share nothing. A lookup outside a request is moto's own business.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.organizations.models import OrganizationsBackendDict
from moto.s3.models import S3BackendDict

from sandbox.aws.services.identity_center.center import Center

from .clock import Source
from .models import bare_session
from .quotas import Quotas

HOME_REGION = "us-east-1"
MANAGEMENT_ACCOUNT = "111122223333"


@dataclass
class World:
    """caller: the account whose credentials the environment gets; organization: an organizations.store.Organization;
    trusted: service principal → when its trusted access was enabled; delays: seconds that work in the background
    takes; source: where times and ids come from."""

    caller: str = MANAGEMENT_ACCOUNT
    organization: Any = None
    source: Source = field(default_factory=Source)
    delays: dict[str, float] = field(default_factory=lambda: {"create_account": 0.2})
    quotas: Quotas = field(default_factory=Quotas)
    refuse_disabling_while_delegated: bool = False  # whether AWS does is not known
    enabling_creates_role: bool = True  # whether AWS does, by API alone, is not known
    role_in_every_account: bool = True  # AWS's pages disagree on where AWSServiceRoleForSSO is
    principal_lists_follow_groups: bool = False  # whether AWS's ForPrincipal lists do is in no page
    any_service_principal: bool = False  # AWS's list of those that it recognizes is not published in full
    creating_enables_scps: bool = False  # API_CreateOrganization says so, and SDK users say otherwise
    refuse_concurrent_changes: bool = True  # of which targets AWS does is not known
    trusted: dict[str, float] = field(default_factory=dict)
    delegated: dict[str, dict[str, float]] = field(default_factory=dict)  # account id → principal → since when
    identity_center: Center = field(default_factory=Center)
    pending_aws_roles: dict[str, dict[str, Any]] = field(default_factory=dict)  # by account id (aws_created_roles.py)
    deletions: dict[str, dict[str, Any]] = field(default_factory=dict)  # IAM's deletion tasks, by id
    sessions: dict[str, Any] = field(default_factory=dict)  # access key → sessions.Session
    trail: list[Any] = field(default_factory=list)  # cloudtrail.Event, oldest first
    backends: dict[str, Any] = field(default_factory=dict)  # moto's own state, by service

    def __post_init__(self) -> None:
        self._make_locks()

    @property
    def management(self) -> str | None:
        """The management account's id; None where there is no organization."""
        return self.organization.management if self.organization is not None else None

    def now(self) -> float:
        """This world's time, in seconds since 1970: the machine's, unless a test moved it."""
        return self.source.now()

    def new_id(self, length: int) -> str:
        """Lowercase letters and digits."""
        return self.source.text(length)

    def new_uuid(self) -> str:
        text = f"{self.source.random.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def new_account_id(self) -> str:
        """An account id that is not in use."""
        while True:
            account_id = str(self.source.random.randrange(600_000_000_000, 999_999_999_999))
            if account_id not in self.organization.accounts:
                return account_id

    def _make_locks(self) -> None:
        # lock is held through an operation, which may wait for moto's own locks; the second one only for a look-up,
        # which moto does while it holds these. One lock for both would be a deadlock.
        self.lock = threading.RLock()
        self.backends_lock = threading.Lock()
        self.changing_lock = threading.Lock()
        self.changing: set[str] = set()  # what requests under way are changing (organizations/concurrency.py)
        self.background: Any = None  # server/background.py, while a server runs

    def __getstate__(self) -> dict[str, Any]:
        # The trail belongs to one run, not to the state.
        of_this_process = ("lock", "backends_lock", "changing_lock", "changing", "background")
        state = {name: value for name, value in self.__dict__.items() if name not in of_this_process}
        return {**state, "trail": []}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._make_locks()


_current: ContextVar[World | None] = ContextVar("world", default=None)


@contextlib.contextmanager
def serving(world: World) -> Iterator[World]:
    """Within it, moto's state is this world's."""
    token = _current.set(world)
    try:
        yield world
    finally:
        _current.reset(token)


def serving_now() -> World | None:
    """The world being served; None outside a request."""
    return _current.get()


def current() -> World:
    """The world being served. Raises RuntimeError outside a request."""
    world = _current.get()
    if world is None:
        raise RuntimeError("no sandbox world is being served here")
    return world


def _own(shared: Any) -> Any:
    """This world's counterpart of one of moto's module-wide dictionaries, or the dictionary itself."""
    world = _current.get()
    if world is None or getattr(shared, "_in_world", False):
        return shared
    with world.backends_lock:
        own = world.backends.get(shared.service_name)
        if own is None:
            own = type(shared)(
                shared.backend, shared.service_name, shared._use_boto3_regions, shared._additional_regions
            )
            own._in_world = True
            world.backends[shared.service_name] = own
        return own


class _InUse(list[Any]):
    """moto's list of all state that it ever made. It would be searched at each look-up, keep every world that ended,
    and show one world's tags in another: so it has the served world's state only."""

    def __contains__(self, _: object) -> bool:
        return True  # moto adds what it lacks

    def __iter__(self) -> Iterator[Any]:
        return iter(list(current().backends.values()))


def _redirect(name: str) -> None:
    original = getattr(BackendDict, name)

    def redirected(self: Any, *arguments: Any) -> Any:
        return original(_own(self), *arguments)

    setattr(BackendDict, name, redirected)


def install() -> None:
    """Patches moto once a process."""
    if getattr(BackendDict, "_sandboxed", False):
        return
    for name in ("__getitem__", "__setitem__", "__delitem__", "__iter__", "__len__"):
        _redirect(name)
    for name in ("__contains__", "get", "keys", "values", "items"):
        original = getattr(dict, name)
        setattr(
            BackendDict,
            name,
            lambda self, *arguments, _original=original: _original(_own(self), *arguments),
        )
    _redirect_attribute(OrganizationsBackendDict, "master_accounts")
    _redirect_attribute(S3BackendDict, "bucket_accounts")
    # moto asks for the Regions with a session of its own, which would read the user's profile.
    regions = boto3.session.Session(botocore_session=bare_session())
    AccountSpecificBackend.get_session = classmethod(lambda cls: regions)
    BackendDict._instances = _InUse()
    BaseModel.__new__ = lambda cls, *_, **__: object.__new__(cls)  # moto's own keeps each object forever
    BackendDict._sandboxed = True


def _redirect_attribute(dictionary: type[Any], name: str) -> None:
    """moto keeps each organization's accounts in an attribute of a module-wide dictionary: that too belongs to a
    world."""

    def read(self: Any) -> Any:
        return _own(self).__dict__.setdefault(f"_{name}", {})

    def write(self: Any, value: Any) -> None:
        self.__dict__[f"_{name}"] = value

    setattr(dictionary, name, property(read, write))
