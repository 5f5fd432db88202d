"""What lies below a folder, to compare before with after."""

from __future__ import annotations

from pathlib import Path


def tree(folder: Path) -> dict[str, object]:
    """Every path below the folder: None for a folder, the target of a link, or mode and bytes."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink())
        if path.is_symlink()
        else None
        if path.is_dir()
        else (path.stat().st_mode & 0o7777, path.read_bytes())
        for path in sorted(folder.rglob("*"))
    }


def filled(folder: Path, files: dict[str, bytes | None]) -> Path:
    """The folder with these files; None makes an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        if data is None:
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder
