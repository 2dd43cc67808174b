"""Makes the plugin's archive: `python components/archive.py TO-FOLDER` (or `make plugin`).

`pulumi plugin install resource aws-identity-center VERSION --file ARCHIVE` takes it. Pulumi then makes a virtual
environment beside it and installs what its requirements.txt names.
"""

from __future__ import annotations

import io
import sys
import tarfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "aws-identity-center"
_PACKAGE = "pulumi_aws_identity_center"
_SETTINGS = "runtime:\n  name: python\n  options:\n    virtualenv: venv\n"


def make_archive(folder: Path) -> Path:
    """Writes the archive into the folder, and gives its path."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["pulumi"]]
    requirements = "".join(f"{requirement}\n" for requirement in needed)
    files = {
        "PulumiPlugin.yaml": _SETTINGS.encode(),
        "requirements.txt": requirements.encode(),
        "__main__.py": (HERE / "__main__.py").read_bytes(),
        "LICENSE": (HERE / "LICENSE").read_bytes(),
    }
    package = HERE / _PACKAGE
    for file in sorted(package.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            files[str(file.relative_to(HERE))] = file.read_bytes()
    # The version is asked of the installed distribution's metadata, as where pip installed it.
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    metadata += "".join(f"Project-URL: {label}, {url}\n" for label, url in project.get("urls", {}).items())
    files[f"{_PACKAGE}-{project['version']}.dist-info/METADATA"] = metadata.encode()
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"pulumi-resource-{NAME}-v{project['version']}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return archive


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python components/archive.py TO-FOLDER: the folder to write the plugin's archive to.")
    print(make_archive(Path(sys.argv[1])))
