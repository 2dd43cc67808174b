"""Makes a policy pack that stands by itself: `python policies/bundle.py TO` (or `make policy-bundle`).

The pack stands on the package's pure parts, which no registry has. The bundle is the pack's own files and those modules
of the package that its rules import, directly or not, so it needs nothing but what its requirements.txt names. It is
what `pulumi policy publish` can take, and `--policy-pack` anywhere.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PACK = Path(__file__).resolve().parent
PACKAGE = PACK.parent / "components" / "pulumi_aws_identity_center"
_FOLDERS = ("pack", "rules")
_FILES = ("PulumiPolicy.yaml", "requirements.txt", "__main__.py", "README.md")
_LIST_LOADED = """
import sys
sys.path[:0] = sys.argv[1:]
import pack.server, rules.registry
for name, module in sys.modules.items():
    if name.partition(".")[0] == "pulumi_aws_identity_center":
        print(module.__file__)
"""


def bundle(to: Path) -> list[str]:
    """Writes the bundle, which must not be there yet or be one; gives the package's modules in it, by name."""
    to = to.resolve()  # copytree makes no folder where a link points
    is_bundle = (to / "PulumiPolicy.yaml").exists() and (to / PACKAGE.name).exists()
    if to.exists() and not is_bundle:
        raise SystemExit(f"{to} is there and is no bundle. Name a folder that isn't there, or an older bundle.")
    needed = _loaded()
    for folder in (*_FOLDERS, PACKAGE.name):  # what else is there is its user's
        shutil.rmtree(to / folder, ignore_errors=True)
    for folder in _FOLDERS:
        shutil.copytree(PACK / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy2(PACK / name, to / name)
    for file in needed:
        copy = to / file.relative_to(PACKAGE.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in needed]


def _loaded() -> list[Path]:
    """The files of the package that importing the rules runs, in an interpreter that has imported nothing else."""
    paths = [str(PACK), str(PACKAGE.parent)]
    done = subprocess.run([sys.executable, "-c", _LIST_LOADED, *paths], capture_output=True, text=True)
    if done.returncode:
        error = done.stderr.strip().rpartition("\n")[2]
        raise SystemExit(f"{sys.executable} can't import the pack's rules ({error}). Run `make policy-bundle` instead.")
    return sorted(map(Path, done.stdout.splitlines()))


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit("python policies/bundle.py TO: the folder to write the policy pack to.")
    try:
        modules = bundle(Path(sys.argv[1]))
    except (OSError, RuntimeError) as error:  # a file where a folder would be, no permission, a loop of links
        raise SystemExit(f"{sys.argv[1]} can't be written ({error}). Name another folder.") from None
    print(f"{sys.argv[1]}: a policy pack with {len(modules)} modules of the package in it.")
