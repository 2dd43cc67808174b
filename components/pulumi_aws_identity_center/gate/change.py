"""The gate's model: what a plan does to one resource, whichever tool wrote the plan. Readers make it, rules judge it.

A reader (`readers/`) yields, in any order:

- one `About`: what the document tells of itself;
- a `Change` for each resource that a rule judges (`rules/by_type.py`), one a cause: all steps of a resource grouped;
- a `Failure` for what the document itself says went wrong, or leaves out.

**A new reader** is a module of `readers/` with two names, and a line in `readers/__init__.py`'s `FORMATS`:

    KEYS: frozenset[str]                                    # the top-level keys of the format's document
    def read(document: Document, configs: RuleConfigs) -> Iterator[Entry]: ...    # in one pass, at constant memory

The CLI tells formats apart by the document's first key, so `KEYS` of two formats have no key in common. `Document`
(`readers/document.py`) gives the top-level keys one by one; of each the reader takes `value()`, walks its `items()`,
or does nothing, and then it is skipped. `read` raises `NotAPlan` for a document that isn't a whole plan.

Properties are spelt as Pulumi's aws package spells them (`awsServiceAccessPrincipals`), types are its tokens
(`aws:organizations/organization:Organization`): a reader translates. A value that the document hides, whether unknown
until the update or secret, is `UNKNOWN`, also inside of a list. A property that is absent has no value in AWS.

For Terraform: `before` is the prior state, `after` the planned values, each as `Resource(values, values)`; `address`
is the address (a deposed object's with ` (deposed KEY)`); `op` is what `actions` says, joined by commas. `forget`,
alone or in a replacement, is `retained`. A resource that a refresh alone changed is a `Change` with cause REFRESH.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_aws_identity_center.domain import declared

Properties = Mapping[str, Any]

UNKNOWN: Final = "[unknown]"


class Cause(enum.Enum):
    PLAN = "plan"
    """What applying the plan would do."""
    REFRESH = "refresh"
    """What a refresh found in AWS: `before` is the record, `after` what is there now. Nothing would be done."""


class Action(enum.Enum):
    """What becomes of the resource. `before` is None where there was none, `after` where there is none then."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    """It leaves the state; unless `retained`, AWS deletes it."""
    READ = "read"
    """It is only looked up from now on: nothing manages it (Pulumi's `.get()`, Terraform's data source)."""
    UNKNOWN = "unknown"
    """The document doesn't tell, or with a word that the reader doesn't know; `Change.unknown_reason` says which."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One state of a resource. inputs: what the program sets; outputs: what AWS has, all of it. A reader whose format
    doesn't tell them apart gives the same for both. After a plan, outputs are what the document expects.

    protect, retain: Pulumi's options `protect` and `retainOnDelete`; None where the format has no such thing.
    external: it is only looked up. ignores: `ignoreChanges`, as written. id: AWS's own. provider: through which
    configured provider it goes, "" where that isn't told: two providers may be two accounts.
    """

    inputs: Properties
    outputs: Properties
    protect: bool | None = None
    retain: bool | None = None
    external: bool = False
    ignores: Sequence[str] = ()
    id: str = ""
    provider: str = ""

    def has(self, *names: str) -> Any:
        """A property as AWS has it; of what AWS doesn't tell, as the program sets it. The first that has a value."""
        return _first_value(names, self.outputs, self.inputs)

    def sets(self, name: str) -> Any:
        """A property as the program sets it."""
        return self.inputs.get(name)

    def tells(self, *names: str) -> Any:
        """A property as the program sets it; of what it doesn't set, as AWS has it. The first that has a value."""
        return _first_value(names, self.inputs, self.outputs)

    def properties(self) -> dict[str, Any]:
        """All properties as AWS has them; of what AWS doesn't tell, as the program sets them."""
        outputs = {name: value for name, value in self.outputs.items() if value is not None}
        return {**self.inputs, **outputs}


def _first_value(names: Sequence[str], first: Properties, second: Properties) -> Any:
    for name in names:
        value = first.get(name)
        if value is None:
            value = second.get(name)
        if value is not None:
            return value
    return None


NOTHING: Final = Resource({}, {})
"""In place of a state that there isn't: it tells nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One resource, before and after.

    address: Pulumi's URN, Terraform's address. type: the aws package's token. op: the tool's own word, for findings.
    retained: AWS keeps the old one, where it is deleted or replaced. pending: an earlier update replaced it and failed,
    and left it to be deleted; the resource of that address is another one. imported: the plan takes it into the state.
    paths: property path → what happens to it ("add", "delete", "update"; "" for unknown), where the tool tells; empty
    where it doesn't. unknown_reason: with Action.UNKNOWN, a sentence that says what isn't told. secrets: texts in the
    properties that no finding may show.
    """

    address: str
    type: str
    op: str
    action: Action
    before: Resource | None
    after: Resource | None
    cause: Cause = Cause.PLAN
    retained: bool = False
    pending: bool = False
    imported: bool = False
    paths: Mapping[str, str] = field(default_factory=dict)
    unknown_reason: str = ""
    secrets: frozenset[str] = frozenset()

    @property
    def old(self) -> Resource:
        """The state before; one that tells nothing where there was none."""
        return self.before or NOTHING

    @property
    def new(self) -> Resource:
        """The state after; one that tells nothing where there is none."""
        return self.after or NOTHING

    @property
    def ignores(self) -> Sequence[str]:
        """`ignoreChanges` as far as the engine heeds it: a creation has no old value that could stay."""
        return () if self.action is Action.CREATE else self.new.ignores

    @property
    def current(self) -> Resource:
        """The state before; where there was none, the state after."""
        return self.before or self.new

    @property
    def states(self) -> list[Resource]:
        """The states that there are, each once, the one before first."""
        states = (self.before,) if self.after is self.before else (self.before, self.after)
        return [state for state in states if state is not None]

    def states_in_aws(self) -> tuple[Resource | None, Resource | None]:
        """The states before the plan and after it; the same one twice if the plan leaves the resource alone.

        (None, None) for what a refresh found: the plan's own change of the resource begins with that state."""
        if self.is_drift and self.action is not Action.UNKNOWN:
            return None, None
        is_kept = self.action is Action.DELETE and self.retained
        if self.is_drift or self.action is Action.READ or is_kept:
            return self.before, self.before
        is_gone = self.action in (Action.DELETE, Action.UNKNOWN)
        return self.before, None if is_gone else self.after

    @property
    def comes_or_goes(self) -> bool:
        """Whether it is not the same resource before and after."""
        return self.before is None or self.after is None or self.leaves_state

    @property
    def is_drift(self) -> bool:
        """Whether a refresh found this, and the plan does nothing."""
        return self.cause is Cause.REFRESH

    @property
    def leaves_state(self) -> bool:
        """Whether the resource that is managed now leaves the state or gives way to another."""
        return self.action in (Action.DELETE, Action.REPLACE) and not self.old.external

    @property
    def becomes_read(self) -> bool:
        """Whether what was managed is only looked up from now on (`.get(same name)`): nothing protects it."""
        is_read = self.action is Action.READ or self.new.external
        return is_read and self.before is not None and not self.before.external

    @property
    def is_let_go(self) -> bool:
        """Whether nothing manages the resource any more that was managed: it goes, or is only looked up."""
        return self.leaves_state or self.becomes_read

    @property
    def stays_in_aws(self) -> bool:
        """Of what is let go: whether AWS keeps it."""
        return self.retained or self.action is Action.READ

    @property
    def creates_first(self) -> bool:
        """Whether a creation ends before any deletion of the plan begins, as Pulumi does it; Terraform does both at a
        time."""
        return self.new.protect is not None

    @property
    def stays_managed(self) -> bool:
        """Whether the plan keeps managing what it managed: it is neither new nor imported, and doesn't go."""
        stays = self.action in (Action.SAME, Action.UPDATE)
        return stays and not self.imported and not self.is_drift


BARE: Final = ("preview failed", "update failed", "destroy failed")
"""What the engine says last of a preview that failed, whatever was said before."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The document says that it doesn't show everything, or a policy refuses.

    policy: the policy's name. certain: it alone makes the verdict unsafe (a mandatory policy's violation); otherwise
    the verdict is undetermined. advisory: a policy only shows it, and the verdict stays as it is. remedy: "" for "mend
    it and run the preview again".
    """

    message: str
    address: str = ""
    policy: str = ""
    certain: bool = False
    remedy: str = ""
    advisory: bool = False


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """As the plan shows it, valid or not. component: the URN of the one that has it; "" for the configuration."""

    argument: Properties
    component: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What the document tells of itself, "" or None where it doesn't. tool: "pulumi", "terraform", "opentofu".

    made: when, as the document writes it. options: such as "refresh". targeted: only some resources were looked at.
    management_account: its id. shows_unchanged: it shows every resource that stays as it is. destroys: it deletes the
    whole stack and runs no program.
    """

    tool: str
    stack: str = ""
    made: str = ""
    options: tuple[str, ...] = ()
    targeted: bool | None = None
    break_glasses: tuple[BreakGlass, ...] = ()
    management_account: str = ""
    shows_unchanged: bool = True
    destroys: bool = False


Entry = Change | Failure | About


def is_unknown(value: Any) -> bool:
    return isinstance(value, str) and value == UNKNOWN


def known_text(value: Any) -> str:
    """The value, if it is a text that the document doesn't hide; else ""."""
    return value if isinstance(value, str) and value != UNKNOWN else ""


def hides(value: Any) -> bool:
    """Whether anything inside of a value is unknown."""
    return is_unknown(value) or any(map(hides, children(value)))


def children(value: Any) -> Iterable[Any]:
    """What is in an object or a list of JSON; nothing of anything else."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def as_declared(value: Any) -> Any:
    """The value as the rules on declared resources take it: with their mark of what is hidden."""
    if isinstance(value, Mapping):
        return {key: as_declared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_declared(item) for item in value]
    return declared.UNKNOWN if is_unknown(value) else value
