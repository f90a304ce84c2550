"""Lines of JSON as Parquet, row group by row group: nothing is held but the group that is being filled."""

import datetime as dt
import io
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import IO, Any, Union, cast, get_args, get_origin

from arro3.core import DataType, Field, Schema
from arro3.io import read_json, write_parquet
from pydantic import BaseModel

ROW_GROUP_ROWS, BATCH_ROWS = 10_000, 1_000
COMPRESSION = "zstd(3)"
# Pieces made and not yet taken; whoever reads slowly holds up the writer, not the memory.
PIECES_AHEAD = 8
TYPES: dict[Any, DataType] = {
    str: DataType.utf8(),
    int: DataType.int64(),
    float: DataType.float64(),
    bool: DataType.bool(),
    dt.date: DataType.date32(),
    dt.datetime: DataType.timestamp("us", tz="UTC"),
    # A value of any kind is its JSON text: a column has one type.
    Any: DataType.utf8(),
}


def arrow_schema(line: type[BaseModel]) -> Schema:
    """Return the columns of a line.

    Raises:
        TypeError: a field is of a type that has no column here.
    """
    return Schema(_fields(line))


def _fields(model: type[BaseModel]) -> list[Field]:
    return [_field(name, field.annotation) for name, field in model.model_fields.items()]


def _field(name: str, annotation: Any) -> Field:
    given = [part for part in get_args(annotation) if part is not NoneType]
    if get_origin(annotation) in (Union, UnionType) and len(given) == 1:
        return Field(name, _type(given[0]), nullable=True)
    return Field(name, _type(annotation), nullable=annotation is Any)


def _type(annotation: Any) -> DataType:
    if get_origin(annotation) is list:
        return DataType.list(_field("item", *get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return DataType.struct(_fields(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return TYPES[str]
    if annotation not in TYPES:
        raise TypeError(f"{annotation} has no column type")
    return TYPES[annotation]


class _Lines(io.RawIOBase):
    """Pieces of lines as a file to read; it ends where they do, where they fail, and where nobody wants more."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.error: BaseException | None = None
        self.is_unwanted = False
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer. The library that reads answers an exception with a panic, so it is kept for later."""
        if not self._held:
            self._held = self._next()
        taken, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _next(self) -> bytes:
        try:
            return b"" if self.is_unwanted else next(self.pieces, b"")
        except BaseException as error:  # noqa: BLE001 - raised again where the pieces are taken
            self.error = error
            return b""


class _Sink(io.RawIOBase):
    """A file to write that hands each piece to another thread."""

    def __init__(self) -> None:
        self.made: queue.Queue[bytes | None] = queue.Queue(PIECES_AHEAD)

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.made.put(bytes(piece))
        return len(piece)


def as_parquet(line: type[BaseModel]) -> Callable[[Iterator[bytes]], Generator[bytes, None, None]]:
    """Return what makes Parquet of lines of one shape."""
    return partial(parquet, schema=arrow_schema(line))


def parquet(pieces: Iterator[bytes], *, schema: Schema) -> Generator[bytes, None, None]:
    """Yield pieces of whole lines as a Parquet file, written by a thread of its own while it is read.

    Raises:
        Exception: whatever the pieces raised, or the lines are not as the schema says.
    """
    lines, sink = _Lines(pieces), _Sink()
    file = cast("IO[bytes]", sink)  # A raw file is all that is needed; the library's stubs ask for more.
    failed: list[BaseException] = []

    def write() -> None:
        try:
            rows = read_json(io.BufferedReader(lines), schema, batch_size=BATCH_ROWS)
            write_parquet(rows, file, compression=COMPRESSION, max_row_group_size=ROW_GROUP_ROWS)
        except BaseException as error:  # noqa: BLE001 - a panic of the library too; raised where it is read
            failed.append(error)
        finally:
            sink.made.put(None)

    writer = threading.Thread(target=write, name="parquet", daemon=True)
    writer.start()
    try:
        while (piece := sink.made.get()) is not None:
            yield piece
        if error := next(iter([*filter(None, [lines.error]), *failed]), None):
            raise error
    finally:
        lines.is_unwanted = True
        while writer.is_alive():
            _drain(sink.made)
            writer.join(timeout=0.05)


def _drain(made: "queue.Queue[bytes | None]") -> None:
    """Make room for a writer that nobody reads any more."""
    while not made.empty():
        made.get()
