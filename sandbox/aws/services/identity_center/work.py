"""Asynchronous requests: starts them, and does the work that has come due. Each kind of request registers its worker.

It takes `world.delays["identity_center"]` seconds; how long AWS takes is documented nowhere. 0, the default, means at
the next call that looks: an answer still says IN_PROGRESS, and nobody has to wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.world import World

from .instance import Instance, Kind, Request

# singlesignon/latest/userguide/limits.html: outstanding asynchronous calls of CreateAccountAssignment.
DELAY = "identity_center"
SSO = "sso.amazonaws.com"
_PACED_SECONDS = 2.0

# Does the work; returns why it failed, or None.
Worker = Callable[[World, Instance, Request], str | None]

WORKERS: dict[Kind, Worker] = {}


def works_on(kind: Kind) -> Callable[[Worker], Worker]:
    def register(worker: Worker) -> Worker:
        WORKERS[kind] = worker
        return worker

    return register


def due(world: World) -> float:
    """When work that starts now is done."""
    return world.now() + world.delays.get(DELAY, 0.0)


def pace(world: World) -> None:
    """Lets work take time, so that a caller can meet the limit on outstanding requests; the time is assumed."""
    world.delays[DELAY] = world.delays.get(DELAY) or _PACED_SECONDS


def start(world: World, instance: Instance, kind: Kind, about: dict[str, Any]) -> Request:
    """A request that is IN_PROGRESS. Assignments are limited in number, creations and deletions together (assumed);
    the error is the throttling one, as the page has the limit among the throttle limits."""
    center = world.identity_center
    if kind != "provision":
        _check_outstanding_assignments(world, instance, about)
    request = Request(center.next_number(), center.new_uuid(kind), kind, world.now(), due(world), about)
    instance.requests[request.id] = request
    instance.requests_by_kind.add(kind, request)
    instance.outstanding[request.id] = request
    return request


def _check_outstanding_assignments(world: World, instance: Instance, about: dict[str, Any]) -> None:
    outstanding = [request for request in instance.outstanding.values() if request.kind != "provision"]
    if any(request.about == about for request in outstanding):
        raise AwsError("ConflictException", "An operation on this assignment is in progress. Try again later.")
    most = world.quotas.outstanding_assignments
    if len(outstanding) >= most:
        raise AwsError(
            "ThrottlingException",
            f"{most} assignment operations are outstanding, the most there can be. Try again later.",
        )


def reaches(world: World, instance: Instance) -> bool:
    """Whether the instance can work: that of an organization needs trusted access to it (the seed page)."""
    return instance.owner != world.management or SSO in world.trusted


def settle(world: World) -> None:
    """Does the work that has come due, in the order of the requests. While trusted access is off, the requests of an
    organization's instance wait (assumed)."""
    for owner, instance in list(world.identity_center.instances.items()):
        is_due = bool(instance.due) and world.now() >= instance.due
        if is_due and instance.status == "CREATE_IN_PROGRESS":
            instance.status, instance.due = "ACTIVE", 0.0
        if is_due and instance.status == "DELETE_IN_PROGRESS":
            del world.identity_center.instances[owner]
        elif reaches(world, instance):
            _do_due_work(world, instance)


def _do_due_work(world: World, instance: Instance) -> None:
    now = world.now()
    for request in [request for request in instance.outstanding.values() if request.due <= now]:
        request.reason = WORKERS[request.kind](world, instance, request)
        request.status = "FAILED" if request.reason else "SUCCEEDED"
        del instance.outstanding[request.id]
