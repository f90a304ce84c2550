"""The forms in which lines leave: as they are, packed, or as a table of columns; each in constant memory."""

import sys
import zlib
from collections.abc import Callable, Generator, Iterable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["PACKED", "gzipped", "zstandard", "zstd"]

Packer = Callable[[Iterable[bytes]], Generator[bytes, None, None]]
GZIP_LEVEL, ZSTD_LEVEL = 6, 3
# The header and trailer of gzip around a deflate stream with the largest window.
GZIP_WINDOW = 16 + zlib.MAX_WBITS


def gzipped(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Yield pieces as one gzip member without a time in its header: the same bytes give the same file.

    >>> import gzip
    >>> gzip.decompress(b"".join(gzipped([b"one", b"two"])))
    b'onetwo'
    """
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    for piece in pieces:
        if packed := packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH):
            yield packed
    yield packer.flush()


def zstandard(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Yield pieces as one Zstandard frame (RFC 8878) that ends on a checksum.

    >>> zstd.decompress(b"".join(zstandard([b"one", b"two"])))
    b'onetwo'
    """
    packer = zstd.ZstdCompressor(
        options={
            zstd.CompressionParameter.compression_level: ZSTD_LEVEL,
            zstd.CompressionParameter.checksum_flag: 1,
        }
    )
    for piece in pieces:
        if packed := packer.compress(piece, packer.FLUSH_BLOCK):
            yield packed
    yield packer.flush()


PACKED: dict[str, Packer] = {".gz": gzipped, ".zst": zstandard}
