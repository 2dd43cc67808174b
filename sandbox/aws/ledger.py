"""FIDELITY.md: how sure this sandbox is of each operation of the services it stands in for.

`python -m sandbox.aws.ledger` writes it; a test holds the file to the code. What is known of an operation is said
where it is written: in the `@operation` of Identity Center's two services, in the docstring or a comment of the others'
handlers ("assumed"). What moto answers is assumed as a whole: nobody has compared it with AWS here.
"""

from __future__ import annotations

import functools
import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore import xform_name
from moto.iam.responses import IamResponse
from moto.sts.responses import TokenResponse

from .core import models
from .core.registry import GUARDS, HANDLERS
from .seeds import Assumptions
from .server import embedded
from .services.identity_center.fidelity import LEDGER

# Importing it registers the operations.
_REGISTERED = embedded.EmbeddedAws

FILE = Path(__file__).parent / "FIDELITY.md"
SERVICES = ("organizations", "sso-admin", "identitystore", "iam", "sts")
_MOTO = {"iam": IamResponse, "sts": TokenResponse}
_PAGES = {
    "organizations": "organizations/latest/APIReference/API_{}.html",
    "iam": "IAM/latest/APIReference/API_{}.html",
    "sts": "STS/latest/APIReference/API_{}.html",
}
# Members of FACTS that nobody has verified, by the seed's name for them: what is not known.
OPEN_FACTS = {
    "refuse_disabling_while_delegated": "whether AWS refuses to disable trusted access while a delegated administrator "
    "is registered",
    "role_in_every_account": "whether AWSServiceRoleForSSO is in every account of the organization; AWS's pages "
    "disagree, and false has it in the management account alone",
    "principal_lists_follow_groups": "whether ListAccountAssignmentsForPrincipal gives a user what its groups have too",
    "any_service_principal": "which service principals AWS recognizes: its list is not published in full, and here the "
    "names of services that SDKs know are on it; true takes any",
    "creating_enables_scps": "whether CreateOrganization with all features leaves service control policies on in the "
    "root, as its page says; the Terraform provider's EnablePolicyType right after it is assumed to succeed",
    "refuse_concurrent_changes": "of which targets AWS refuses a change while another request changes them: here of "
    "all that a request names; false lets the second request wait",
    "enabling_creates_role": "whether EnableAWSServiceAccess alone, without the console, creates AWSServiceRoleForSSO",
}
_HEAD = """\
# How faithful the embedded AWS is

Written by `python -m sandbox.aws.ledger` from the code; a test compares. Every operation of the API models that
botocore {version} carries is here.

- **api-model**: behaves as the model says: names, shapes, limits, errors.
- **documented**: an AWS page says what else it does; paths are below docs.aws.amazon.com, API_ pages are those of the
  service's API reference, and stand where the code names no other source. Where a part is assumed, the note says so.
- **assumed**: no AWS page says it, and nobody here has compared it with AWS; the reason is given. "Reported" names the
  issue of somebody who saw it.
- **absent**: answered with 501, which SDKs don't retry and nobody takes for AWS's answer.

"""


@dataclass(frozen=True)
class Line:
    operation: str
    basis: str
    note: str


def lines(service: str) -> list[Line]:
    """One line an operation of the service's model, in its order."""
    return [_line(service, operation) for operation in models.service(service).operation_names]


def _line(service: str, operation: str) -> Line:
    entries = LEDGER.get((service, operation))
    if entries:
        return Line(operation, entries[0].basis, entries[0].note)
    handler = HANDLERS.get((service, operation))
    if handler is not None:
        return _of_handler(service, operation, handler)
    if service in _MOTO and xform_name(operation) in _moto_methods(service):
        guards = [guard.__name__ for guard in GUARDS.get((service, operation), ())]
        behind = f", behind {', '.join(guards)}" if guards else ""
        return Line(operation, "assumed", f"moto's answer, not compared with AWS{behind}")
    return Line(operation, "absent", "")


@functools.cache
def _moto_methods(service: str) -> frozenset[str]:
    return frozenset(dir(_MOTO[service]))


def _of_handler(service: str, operation: str, handler: Any) -> Line:
    page = _PAGES[service].format(operation)
    assumed = _assumption(inspect.getsource(inspect.unwrap(handler)))
    return Line(operation, "documented", f"{page}. {assumed}" if assumed else page)


def _assumption(source: str) -> str:
    """The sentence of a docstring or comment in which something is said to be assumed."""
    texts = [*re.findall(r'"""(.*?)"""', source, re.S), " ".join(re.findall(r"#\s?(.*)", source))]
    return next((sentence for text in texts for sentence in _assumptions(text)), "")


def _assumptions(text: str) -> list[str]:
    sentences = re.split(r"(?<=[.;])\s+", " ".join(text.split()))
    return [sentence.strip() for sentence in sentences if "assumed" in sentence.lower()]


def _in_general(service: str) -> str:
    """The sentences of the module docstrings of the service's files that say what is assumed."""
    rows = []
    for module in _modules(service):
        name = module.__name__.removeprefix("sandbox.aws.")
        rows += [f"- `{name}`: {sentence}\n" for sentence in _assumptions(module.__doc__ or "")]
    return f"Assumed in general:\n{''.join(rows)}\n" if rows else ""


def _modules(service: str) -> list[ModuleType]:
    """Those with the service's handlers and guards, by name."""
    functions = [handler for (name, _), handler in HANDLERS.items() if name == service]
    functions += [guard for (name, _), guards in GUARDS.items() if name == service for guard in guards]
    modules = {inspect.getmodule(inspect.unwrap(function)) for function in functions}
    return sorted((module for module in modules if module is not None), key=lambda module: module.__name__)


def render() -> str:
    """The file's text."""
    import botocore

    parts = [_HEAD.format(version=botocore.__version__), _summary(), _open_facts()]
    for service in SERVICES:
        parts.append(
            f"## {service}\n\n{_in_general(service)}| operation | basis | reference or reason |\n|---|---|---|\n"
        )
        parts.append("".join(f"| {row.operation} | {row.basis} | {_cell(row.note)} |\n" for row in lines(service)))
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _summary() -> str:
    kinds = ("api-model", "documented", "assumed", "absent")
    rows = []
    for service in SERVICES:
        bases = [row.basis for row in lines(service)]
        rows.append(f"| {service} | " + " | ".join(str(bases.count(kind)) for kind in kinds) + " |\n")
    return f"| service | {' | '.join(kinds)} |\n|---|---|---|---|---|\n{''.join(rows)}\n"


def _open_facts() -> str:
    defaults = Assumptions()
    rows = "".join(
        f"| `{name}` | {str(getattr(defaults, name)).lower()} | {fact} |\n" for name, fact in OPEN_FACTS.items()
    )
    return (
        "## What nobody has verified, and a seed can have either way\n\n"
        "In a seed file: `assumptions: {NAME: true or false}`. Also how long work takes: `identity_center: "
        "{seconds: N}`, `organization: {create_account_seconds: N, change_seconds: N, policy_type_seconds: N}`.\n\n"
        f"| assumptions: | default | not known is |\n|---|---|---|\n{rows}\n"
    )


def main() -> None:
    FILE.write_text(render())


if __name__ == "__main__":
    main()
