"""`identity-center import-matrix`: the live matrix as an access.yaml, and as a file for `pulumi import`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.errors import IdentityCenterError, InvalidInput, count
from pulumi_aws_identity_center.plain_text import lines

from .options import Format, ProfileOption, RegionOption
from .output import inert_json, say, say_error
from .output_file import check_writable, write_whole

if TYPE_CHECKING:
    from pulumi_aws_identity_center.matrix.declaration import Declaration

_HEADER = "# Written by identity-center import-matrix."


def import_matrix(
    output: Annotated[
        Path | None,
        typer.Option(metavar="access.yaml", help="Where to write it; beside it, the file for pulumi import."),
    ] = None,
    component: Annotated[
        str, typer.Option(metavar="NAME", help="The name of the AccessMatrix in the program.")
    ] = "access",
    parent: Annotated[
        str | None, typer.Option(metavar="URN", help="The OrganizationSso that declares it, if one does.")
    ] = None,
    format_: Annotated[Format | None, typer.Option("--format", help="json for JSON instead of YAML.")] = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Write the live matrix as an access.yaml.

    With --output it also writes the file for pulumi import, by which a stack takes the matrix over. It changes nothing
    in AWS.

    \b
    Exit status:
      0  all of it is written
      2  could not read everything, and nothing is written
    """

    try:
        if output is not None:
            _refuse_to_overwrite(output)
        declaration, imports = _read(SignIn(region, profile), component, parent, is_shown=format_ is not Format.JSON)
    except IdentityCenterError as error:
        say_error(error)
        raise typer.Exit(2) from None
    for note in declaration.notes:
        say(note, err=True)
    text = _as_json(declaration.value) if format_ is Format.JSON else _as_yaml(declaration.value)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        _write_both(output, text, imports, declaration)
    except IdentityCenterError as error:
        say_error(error)
        raise typer.Exit(2) from None


def _read(sign_in: SignIn, name: str, parent: str | None, *, is_shown: bool) -> tuple[Declaration, dict[str, Any]]:
    from importlib.metadata import version

    from pulumi_aws_identity_center.aws.reader import open_reader
    from pulumi_aws_identity_center.matrix.declaration import ImportedComponent, declare, import_file
    from pulumi_aws_identity_center.matrix.live_matrix import read_live_matrix
    from pulumi_aws_identity_center.names import DISTRIBUTION

    from .progress import ProgressBar

    with ProgressBar(is_shown=is_shown) as progress:
        live = read_live_matrix(open_reader(sign_in), progress, with_declaration=True)
    declaration = declare(live.grants, live.contents, live.organization)
    directory = live.directory
    arns = {directory.permission_set_name(arn): arn for arn in directory.permission_sets}
    component = ImportedComponent(name, version(DISTRIBUTION), parent)
    return declaration, import_file(declaration, arns, directory.instance.arn, component)


def _as_json(value: Any) -> str:
    return inert_json(f"{json.dumps(value, indent=2)}\n")


def _as_yaml(value: Any) -> str:
    """As JSON, which is YAML too, if it has what a reader can't see or a CI runner takes for a command."""
    import yaml  # which pulumi brings

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """libyaml's where there is one: a tenth of the time. Repeats a list instead of pointing to it."""

        def ignore_aliases(self, _data: Any) -> bool:
            return True

    body = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    body = body if lines(body) == body else _as_json(value)
    return f"{_HEADER} docs/access-matrix.md explains the keys.\n{body}"


def _refuse_to_overwrite(output: Path) -> None:
    """A file that a person wrote stays, and so does what is no file. Raises InvalidInput."""
    for path in (output, _imports_beside(output)):
        check_writable(path)
    try:
        with output.open("rb") as file:
            start = file.read(len(_HEADER))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InvalidInput([f"{output} can't be written: {error.strerror or 'the system refused'}."]) from None
    if start and start != _HEADER.encode():
        raise InvalidInput([f"{output} is there already and isn't this command's. Name another file, or move it away."])


def _imports_beside(output: Path) -> Path:
    """The file for `pulumi import`."""
    return output.parent / f"{output.stem}.import.json"


def _write_both(output: Path, text: str, imports: dict[str, Any], declaration: Declaration) -> None:
    """Raises InvalidInput."""
    beside = _imports_beside(output)
    write_whole(output, text)
    write_whole(beside, _as_json(imports))
    sets = count(len(declaration.value["permissionSets"]), "permission set")
    typer.echo(f"{output}: {sets}, {count(len(declaration.value['assignments']), 'assignment')}.")
    typer.echo(f"{beside}: {count(len(imports['resources']), 'resource')} to import.")
    argument = shlex.quote(str(beside))
    typer.echo(f"Next: pulumi import --file {argument} --generate-code=false --protect=false --skip-preview --yes")
    typer.echo("Then: pulumi preview")
