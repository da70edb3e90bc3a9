"""Files that belong together: all of them are written, or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_together(*, folder: Path, files: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write files into a folder; only when all are on the disk do they get their names.

    What else is in the folder stays; a file of the same name is replaced.

    Args:
        folder: Made when it does not exist, with its parents.
        files: Content by name, whole or piece by piece; a name may begin with folders, as in
            `charts/load.png`.

    Raises:
        OSError: if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as made:
        for name, content in files.items():
            for root in (Path(made), folder):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
            with Path(made, name).open("wb") as file:
                file.writelines((content,) if isinstance(content, bytes) else content)
        for name in files:
            os.replace(Path(made, name), folder / name)
