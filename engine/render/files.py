"""Writing files so that nothing is ever half there: temporary file beside the target, fsync, rename."""

import contextlib
import errno
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from engine.errors import OutputError
from engine.report import FileReport

_REASONS = {
    errno.ENOSPC: "no space is left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.EISDIR: "a folder of that name is in the way",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ELOOP: "the link leads back to itself",
    errno.ENOENT: "no such folder",
    errno.ENAMETOOLONG: "the name is too long",
}


def write_atomic(path: Path, data: bytes, even_read_only: bool = False) -> None:
    """Put `data` at `path`: afterwards the file is the old one or the new one, never a mixture.

    A symbolic link stays one, and a device or pipe (`/dev/stdout`) is written into: put in its place, a file
    would be the end of it. Folders are made as needed. Raises OutputError with the reason; the temporary file
    never stays. A file that is read-only is left alone unless `even_read_only` (it stays read-only then): to
    put another in its place asks only for the folder to be writable, which is not what its owner meant.
    """
    if not even_read_only and is_read_only(path):
        raise OutputError(f"cannot write {path}: it is read-only")
    temporary: str | None = None
    asked, path = path, Path(os.path.realpath(path)) if path.is_symlink() else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise OSError(errno.EISDIR, "is a directory")
        if asked.exists() and not asked.is_file():
            asked.write_bytes(data)
            return
        descriptor, temporary = tempfile.mkstemp(
            prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent
        )
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode_for(path))
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise not_written(asked, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def is_read_only(path: Path) -> bool:
    """Whether a file exists that may not be written, by anybody or by this user."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and (not mode & 0o222 or not os.access(path, os.W_OK))


def not_written(path: Path, error: OSError) -> OutputError:
    """The sentence for a file that the system would not let us write."""
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    return OutputError(f"cannot write {path}: {reason}")


def report_file(path: Path, kind: str, data: bytes) -> FileReport:
    """What the report says of a written file."""
    return FileReport(path=str(path), kind=kind, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def mode_for(path: Path) -> int:
    """A replaced file keeps its mode; a new one gets what the umask allows (mkstemp alone would give
    0600)."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
