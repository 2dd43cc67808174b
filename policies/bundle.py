"""Makes a policy pack that stands by itself: `python policies/bundle.py TO` (or `make policy-bundle`).

The pack stands on the package's pure parts, which no registry has. The bundle is the pack's own files and those modules
of the package that its rules import, directly or not, so it needs nothing but what its requirements.txt names. It is
what `pulumi policy publish` can take, and `--policy-pack` anywhere.
"""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path

PACK = Path(__file__).resolve().parent
PACKAGE = PACK.parent / "components" / "pulumi_aws_identity_center"
_FOLDERS = ("pack", "rules")
_FILES = ("PulumiPolicy.yaml", "requirements.txt", "__main__.py", "README.md")


def bundle(to: Path) -> list[str]:
    """Writes the bundle, which must not be there yet or be one; gives the package's modules in it, by name."""
    if to.exists() and not (to / "PulumiPolicy.yaml").exists():
        raise SystemExit(f"{to} is there and is no policy pack. Name a folder that isn't there, or an older bundle.")
    shutil.rmtree(to, ignore_errors=True)
    for folder in _FOLDERS:
        shutil.copytree(PACK / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy2(PACK / name, to / name)
    needed = sorted(_closure())
    for file in needed:
        copy = to / file.relative_to(PACKAGE.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in needed]


def _closure() -> set[Path]:
    """The files of the package that the rules need."""
    own_modules = [module for folder in _FOLDERS for module in sorted((PACK / folder).glob("*.py"))]
    files: set[Path] = set()
    waiting = set(chain.from_iterable(_imports(module, module.parent.name) for module in own_modules))
    while waiting:
        files |= waiting
        waiting = set(chain.from_iterable(map(_loaded_with, waiting))) - files
    return files


def _loaded_with(file: Path) -> Iterator[Path]:
    """The package's files that importing one of them runs too."""
    package = file.relative_to(PACKAGE.parent).parent
    yield from _imports(file, ".".join(package.parts))
    yield from _packages_above(file)


def _packages_above(file: Path) -> Iterator[Path]:
    """Importing a module runs its packages first."""
    folder = file.parent
    while folder != PACKAGE.parent:
        yield folder / "__init__.py"
        folder = folder.parent


def _imports(file: Path, package: str) -> Iterator[Path]:
    """The package's files that a file imports when it is itself imported. package: the one that the file is in."""
    for statement in _run_on_import(ast.parse(file.read_text(encoding="utf-8")).body):
        yield from chain.from_iterable(map(_files, _imported(statement, package)))


def _imported(statement: ast.stmt, package: str) -> Iterator[str]:
    """The names that an import may load: of `from a import b`, a and a.b."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        module = resolve_name("." * statement.level + (statement.module or ""), package)
        yield module
        yield from (f"{module}.{alias.name}" for alias in statement.names)


def _run_on_import(nodes: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements outside of functions; not those for type checkers only."""
    for node in nodes:
        if isinstance(node, ast.stmt) and not _is_left_out(node):
            yield node
            yield from _run_on_import(ast.iter_child_nodes(node))


def _is_left_out(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return "TYPE_CHECKING" in ast.unparse(statement.test)
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)


def _files(name: str) -> list[Path]:
    """The module or the package of that name, if it is one of ours."""
    if name.partition(".")[0] != PACKAGE.name:
        return []
    path = PACKAGE.parent.joinpath(*name.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python policies/bundle.py TO: the folder to write the policy pack to.")
    modules = bundle(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: a policy pack with {len(modules)} modules of the package in it.")
