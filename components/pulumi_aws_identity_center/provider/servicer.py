"""Answers the engine: the components as Pulumi's SDK serves them, and beside them the resource types.

The SDK's servicer runs in an event loop. What may ask AWS runs in threads, so that one resource that takes minutes
holds up no other. Check and Diff ask nobody: a hop to a thread would cost more than they do. Every AWS error becomes a
sentence; a trace never reaches the user.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.provider import Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_aws_identity_center.aws.provider_client import CallFailed
from pulumi_aws_identity_center.errors import IdentityCenterError
from pulumi_aws_identity_center.matrix.resource_steps import MATRIX_TYPE

from . import values
from .account_assignments import AccountAssignmentsType
from .configuration import NAMES as CONFIGURATION
from .configuration import configuration_problems
from .exclusive_assignments import ExclusiveAssignmentsType
from .functions import FUNCTIONS
from .permission_set import PermissionSetType
from .progress import Progress
from .resource_type import Difference, Made, Refused, ResourceType
from .run import Run, configured_run
from .schema import merged_schema

Value = TypeVar("Value")
# As many resources at a time as `--parallel` may ask for, within reason: they wait for AWS, not for the processor.
_THREADS = 128
_TYPES: Mapping[str, ResourceType] = {
    type_.token: type_ for type_ in (PermissionSetType(), AccountAssignmentsType(), ExclusiveAssignmentsType())
}
_KINDS: Mapping[str, Any] = {
    "add": provider_pb2.PropertyDiff.ADD,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "update": provider_pb2.PropertyDiff.UPDATE,
    "add-replace": provider_pb2.PropertyDiff.ADD_REPLACE,
    "delete-replace": provider_pb2.PropertyDiff.DELETE_REPLACE,
    "update-replace": provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
_DIFF_NONE: Any = provider_pb2.DiffResponse.DIFF_NONE
_DIFF_SOME: Any = provider_pb2.DiffResponse.DIFF_SOME


class Servicer(ProviderServicer):
    """One for the process. provider: serves the components."""

    def __init__(self, provider: Provider, args: list[str], engine_address: str) -> None:
        super().__init__(provider, args, engine_address)
        self._threads = ThreadPoolExecutor(_THREADS)
        self._progress = Progress(engine_address)
        self._run = Run()
        self._is_cancelled = False

    async def _in_thread(self, context: Any, work: Callable[[], Value]) -> Value:
        """The work's result; what it raises ends the call with a sentence."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except (Refused, IdentityCenterError) as error:
            await _abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except CallFailed as error:
            await _abort(context, grpc.StatusCode.UNKNOWN, str(error))

    # --- the provider itself ---

    async def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=merged_schema(self.provider.schema))

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """Without what the stack program reads from the same namespace: it is no business of the resources."""
        news = values.read(request.news)
        secret = values.secret_keys(request.news)
        own = {name: value for name, value in news.items() if name in (*CONFIGURATION, "version")}
        problems = configuration_problems(own)
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in problems]
        return provider_pb2.CheckResponse(inputs=values.write(own, secret), failures=failures)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        olds, news = values.read(request.olds), values.read(request.news)
        changed = [name for name in CONFIGURATION if olds.get(name) != news.get(name)]
        return provider_pb2.DiffResponse(changes=_DIFF_SOME if changed else _DIFF_NONE, diffs=changed)

    async def Configure(self, request: Any, context: Any) -> Any:
        arguments = values.read(request.args) if request.HasField("args") else {}
        known = {name: value for name, value in arguments.items() if not values.has_unknown(value)}
        self._run = await self._in_thread(context, lambda: configured_run(known))
        if self._is_cancelled:  # meanwhile, which stopped the run before this one
            self._run.stop()
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True
        )

    async def Cancel(self, request: Any, context: Any) -> Any:
        self._is_cancelled = True
        self._run.stop()
        return empty_pb2.Empty()

    async def Invoke(self, request: Any, context: Any) -> Any:
        function = FUNCTIONS.get(request.tok)
        if function is None:
            return await super().Invoke(request, context)
        arguments = values.read(request.args)
        result = await self._in_thread(context, lambda: function(self._run, arguments))
        return provider_pb2.InvokeResponse(**{"return": values.write(result)})

    # --- resources ---

    async def Check(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        secret = values.secret_keys(request.news)
        checked, problems = type_.check(self._run, request.urn, values.read(request.news))
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in problems]
        return provider_pb2.CheckResponse(inputs=values.write(checked, secret), failures=failures)

    async def Diff(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        state, news = values.read(request.olds), values.read(request.news)
        difference = type_.diff(self._run, state, news)
        return _diff_response(difference, frozenset(request.ignoreChanges))

    async def Create(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        news, secret = values.read(request.properties), values.secret_keys(request.properties)
        report = self._progress.report(request.urn)
        if request.preview:
            previewed = await self._in_thread(context, lambda: type_.preview_create(self._run, news, report))
            return provider_pb2.CreateResponse(id="", properties=values.write(previewed, secret))
        resource = await self._in_thread(context, lambda: type_.create(self._run, news, report))
        if resource.reasons:
            await _abort_half_made(context, resource, secret)
        return provider_pb2.CreateResponse(
            id=resource.id, properties=values.write(resource.properties, secret), refresh_before_update=True
        )

    async def Read(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        state, inputs = values.read(request.properties), values.read(request.inputs)
        secret = values.secret_keys(request.properties, request.inputs)
        if MATRIX_TYPE in request.urn:
            self._run.read_accounts_ahead()  # what an import, or the component after the engine's refresh, asks for
        resource = await self._in_thread(context, lambda: type_.read(self._run, request.id, state, inputs))
        if state:
            self._run.remember(request.urn, type_.token, None if resource is None else resource.properties)
        if resource is None:
            return provider_pb2.ReadResponse(id="")
        return provider_pb2.ReadResponse(
            id=resource.id,
            properties=values.write(resource.properties, secret),
            inputs=values.write(resource.inputs, secret),
            refresh_before_update=True,
        )

    async def Update(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        state = values.read(request.olds)
        news = _without_ignored(state, values.read(request.news), request.ignoreChanges)
        secret = values.secret_keys(request.olds, request.news)
        report = self._progress.report(request.urn)
        if request.preview:
            previewed = await self._in_thread(context, lambda: type_.preview_update(self._run, state, news, report))
            return provider_pb2.UpdateResponse(properties=values.write(previewed, secret))
        resource = await self._in_thread(context, lambda: type_.update(self._run, request.id, state, news, report))
        if resource.reasons:
            await _abort_half_made(context, resource, secret)
        return provider_pb2.UpdateResponse(
            properties=values.write(resource.properties, secret), refresh_before_update=True
        )

    async def Delete(self, request: Any, context: Any) -> Any:
        type_ = await self._type(request.urn, context)
        state, report = values.read(request.properties), self._progress.report(request.urn)
        await self._in_thread(context, lambda: type_.delete(self._run, request.id, state, report))
        return empty_pb2.Empty()

    async def _type(self, urn: str, context: Any) -> ResourceType:
        # urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
        token = urn.split("::")[2].rpartition("$")[2]
        if token not in _TYPES:
            tokens = ", ".join(_TYPES)
            await _abort(context, grpc.StatusCode.INVALID_ARGUMENT, f"{token} is no resource type; there are {tokens}.")
        return _TYPES[token]


def _diff_response(difference: Difference, ignored: frozenset[str]) -> Any:
    changes = {path: kind for path, kind in difference.changes.items() if _root(path) not in ignored}
    replaces = [name for name in difference.replaces if name not in ignored]
    detailed = {
        path: provider_pb2.PropertyDiff(kind=_KINDS[f"{kind}-replace" if path in replaces else kind])
        for path, kind in changes.items()
    }
    return provider_pb2.DiffResponse(
        changes=_DIFF_SOME if changes else _DIFF_NONE,
        replaces=replaces,
        diffs=sorted({_root(path) for path in changes}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _root(path: str) -> str:
    return path.split("[")[0].split(".")[0]


def _without_ignored(state: Mapping[str, Any], news: Mapping[str, Any], ignored: Any) -> dict[str, Any]:
    """What the program leaves to others stays as it is, also when something else changes."""
    names = {_root(path) for path in ignored}
    properties = {name: value for name, value in news.items() if name not in names}
    return properties | {name: state[name] for name in names if name in state}


async def _abort(context: Any, code: grpc.StatusCode, sentence: str) -> NoReturn:
    await context.abort(code, sentence)
    raise AssertionError("abort raises")


async def _abort_half_made(context: Any, made: Made, secret: frozenset[str]) -> NoReturn:
    """Lets the engine keep what is there, so that the next update does the rest."""
    failure = provider_pb2.ErrorResourceInitFailed(
        id=made.id,
        properties=values.write(made.properties, secret),
        reasons=list(made.reasons),
        refresh_before_update=True,
    )
    sentence = f"{len(made.reasons)} not done" if len(made.reasons) > 1 else made.reasons[0]
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=sentence)
    status.details.add().Pack(failure)
    await context.abort(grpc.StatusCode.UNKNOWN, sentence, (("grpc-status-details-bin", status.SerializeToString()),))
    raise AssertionError("abort raises")
