"""What `status` takes from the owning stack's configuration, since no AWS API shows it: the expected administrator,
the guarded services and break-glass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .stack_file import StackFile
from .values import check_account, check_guarded_services


@dataclass(frozen=True)
class StackConfig:
    """source: the file's name. administrator: the expected account id. guarded_services: those
    beside Identity Center's. break_glass: as it is set, since each look judges its date anew; None if it isn't set."""

    source: str
    administrator: str | None = None
    guarded_services: tuple[str, ...] = ()
    break_glass: Any = None
    is_break_glass_secret: bool = False


def parse_stack_config(file: StackFile) -> StackConfig:
    """Raises InvalidInput for a value that its key doesn't take, and for a secret one, but break-glass."""

    is_break_glass_secret = "breakGlass" in file.secrets
    return StackConfig(
        file.source,
        administrator=file.parsed("delegatedAdministratorAccountId", check_account),
        guarded_services=tuple(file.parsed("guardedServicePrincipals", check_guarded_services) or ()),
        break_glass=None if is_break_glass_secret else file.parsed("breakGlass", lambda value, key: value),
        is_break_glass_secret=is_break_glass_secret,
    )
