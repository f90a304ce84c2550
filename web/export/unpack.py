"""A dump whose files came packed, as a folder of plain ones for as long as they are read."""

import gzip
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from web.export.formats import PACKED, zstd

PIECE_BYTES = 1 << 20


class UnpackError(Exception):
    """A packed file is not what it should be: why, in one line."""


@contextmanager
def plain_files(folder: Path, *, sizes: Mapping[str, int]) -> Iterator[Path]:
    """Yield a folder that has the files named in ``sizes`` plain; no file is unpacked beyond its size.

    Raises:
        UnpackError: a packed file is broken, or larger than it should be.
        OSError: a file cannot be read or written.
    """
    packed = {name: path for name in sizes if (path := _packed(folder, name))}
    if not packed:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="dump-") as made:
        for path in folder.iterdir():
            (Path(made) / path.name).symlink_to(path.resolve())
        for name, path in packed.items():
            _unpack(path, Path(made) / name, most=sizes[name])
        yield Path(made)


def _packed(folder: Path, name: str) -> Path | None:
    """Return where a file that is missing lies packed."""
    if (folder / name).exists():
        return None
    found = (folder / f"{name}{ending}" for ending in PACKED)
    return next((path for path in found if path.exists()), None)


def _opened(path: Path) -> gzip.GzipFile | zstd.ZstdFile:
    return zstd.ZstdFile(path, "rb") if path.suffix == ".zst" else gzip.GzipFile(path, "rb")


def _unpack(path: Path, place: Path, *, most: int) -> None:
    left = most
    try:
        with _opened(path) as source, place.open("wb") as target:
            while piece := source.read(PIECE_BYTES):
                left -= len(piece)
                if left < 0:
                    raise UnpackError(f"{path.name} holds more than the {most:,} bytes that it should")
                target.write(piece)
    except (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError) as error:
        raise UnpackError(f"{path.name} cannot be unpacked: {error}") from error
