"""What `status` takes from the owning stack's configuration, since no AWS API shows it: the expected administrator,
the guarded services and break-glass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .stack_file import StackFile
from .values import check_account, check_guarded_services


@dataclass(frozen=True)
class StackConfig:
    """source: the file's name. administrator: the account id, if one is set in plain text. guarded_services: those
    beside Identity Center's. break_glass: as it is set, since each look judges its date anew; None if it isn't set."""

    source: str
    administrator: str | None = None
    guarded_services: tuple[str, ...] = ()
    break_glass: Any = None
    is_break_glass_secret: bool = False


def parse_stack_config(file: StackFile) -> StackConfig:
    """Raises InvalidInput for a value that its key doesn't take."""

    def plain(key: str, parse: Callable[[Any, str], Any]) -> Any:
        return None if key in file.secrets else file.parsed(key, parse)

    return StackConfig(
        file.source,
        administrator=plain("delegatedAdministratorAccountId", check_account),
        guarded_services=tuple(file.parsed("guardedServicePrincipals", check_guarded_services) or ()),
        break_glass=plain("breakGlass", lambda value, key: value),
        is_break_glass_secret="breakGlass" in file.secrets,
    )
