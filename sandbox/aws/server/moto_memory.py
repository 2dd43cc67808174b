"""What moto is told and forgets: settings of a function, the policy of a queue whose other attributes are set."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.sqs.models import Queue

_KEPT = ("DeadLetterConfig", "LoggingConfig")


def install() -> None:
    """Once a process (moto_patches.py sees to it)."""
    _keep_function_settings()
    _keep_last_invoke_config()
    _keep_queue_policy()


def _keep_function_settings() -> None:
    init, update, describe = (
        LambdaFunction.__init__,
        LambdaFunction.update_configuration,
        LambdaFunction.get_configuration,
    )

    def keep(self: Any, spec: dict[str, Any]) -> None:
        settings: dict[str, Any] = self.__dict__.setdefault("sandbox_settings", {})
        settings.update({name: spec[name] for name in _KEPT if spec.get(name) is not None})

    def init_and_keep(self: Any, account_id: str, spec: dict[str, Any], *arguments: Any, **named: Any) -> None:
        init(self, account_id, spec, *arguments, **named)
        keep(self, spec)

    def update_and_keep(self: Any, config_updates: dict[str, Any]) -> Any:
        keep(self, config_updates)
        update(self, config_updates)
        return self.get_configuration()

    def describe_all(self: Any, on_create: bool = False) -> dict[str, Any]:
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        logging = {**default, **self.sandbox_settings.get("LoggingConfig", {})}
        dead_letters = self.sandbox_settings.get("DeadLetterConfig", {})
        configuration: dict[str, Any] = {**describe(self, on_create), "LoggingConfig": logging}
        if dead_letters.get("TargetArn"):
            configuration["DeadLetterConfig"] = dead_letters
        return configuration

    LambdaFunction.__init__ = init_and_keep
    LambdaFunction.update_configuration = update_and_keep
    LambdaFunction.get_configuration = describe_all


def _keep_last_invoke_config() -> None:
    """moto adds another one, and answers with the first."""
    put = LambdaBackend.put_function_event_invoke_config

    def put_one(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config = []
        return put(self, function_name, config)

    LambdaBackend.put_function_event_invoke_config = put_one


def _keep_queue_policy() -> None:
    set_attributes = Queue._set_attributes

    def set_and_keep(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        policy = getattr(self, "policy", None)
        set_attributes(self, attributes, now)
        if "Policy" not in attributes:
            self.policy = policy

    Queue._set_attributes = set_and_keep
