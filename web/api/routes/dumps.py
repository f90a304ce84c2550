"""``export/dumps``: everything as files that never change, so that a download can be gone on with."""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from ninja import Path, Router

from ranking.compute.export_format import LICENCE
from web.api.document import problems
from web.api.lifecycle import Deprecation, deprecated
from web.api.problems import Problem
from web.api.ranges import resumable_file
from web.api.schemas.exports import DumpList, DumpManifest, DumpSummary
from web.export.dumps import Dump, dumps, latest_dump, named_dump

router = Router()
NO_DUMP = "No dump has been written yet; the live exports work without one."
MEDIA_TYPES = {
    ".ndjson": "application/x-ndjson",
    ".json": "application/json",
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".parquet": "application/vnd.apache.parquet",
}
DumpName = Annotated[
    str,
    Path(
        pattern=r"^[0-9]{8}T[0-9]{12}-[0-9a-f]{12}$",
        description="The dump's name: when it was written, and of which snapshot.",
        examples=["20261121T073300000000-0a1b2c3d4e5f"],
    ),
]
DumpFileName = Annotated[
    str,
    Path(
        pattern=r"^[a-z]+(\.[a-z]+){1,2}$",
        max_length=40,
        description="A file that the manifest names.",
        examples=["artifacts.ndjson.zst"],
    ),
]
UNNAMED_FILE = Deprecation(dt.date(2026, 11, 21), dt.date(2027, 11, 30), "api-1:dump_list")


def _file_answers(*more: int) -> dict[str, Any]:
    """Return how the document describes a file that is sent whole or in part."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in MEDIA_TYPES.values()}
    part = {"description": "The part that Range asks for.", "content": content}
    return {"responses": {200: {"content": content}, 206: part, **problems(416, *more)}}


FIRST_DUMP = {
    "dump": {"operationId": "getNamedManifest", "parameters": {"dump": "$response.body#/items/0/name"}}
}


@router.get(
    "export/dumps",
    response=DumpList,
    summary="List the dumps",
    operation_id="listDumps",
    openapi_extra={"responses": {200: {"links": FIRST_DUMP}}},
)
def dump_list(request: HttpRequest) -> DumpList:
    """List the dumps that are kept, the latest first."""
    return DumpList(items=[_summary(dump) for dump in dumps()])


@router.get(
    "export/manifest.json",
    response=DumpManifest,
    summary="Get the latest dump's manifest",
    operation_id="getDumpManifest",
)
def manifest(request: HttpRequest) -> DumpManifest:
    """Return counts, SHA-256, schemas, licence and snapshot of the latest dump."""
    return _manifest(_latest())


@router.get(
    "export/dumps/{dump}/manifest.json",
    response=DumpManifest,
    summary="Get a dump's manifest",
    operation_id="getNamedManifest",
    openapi_extra={"responses": problems(410)},
)
def named_manifest(request: HttpRequest, dump: DumpName) -> DumpManifest:
    """Return counts, SHA-256, schemas, licence and snapshot of a dump."""
    return _manifest(_named(dump))


@router.get(
    "export/dumps/{dump}/{file}",
    summary="Get a file of a dump",
    operation_id="getNamedDumpFile",
    openapi_extra=_file_answers(410),
)
def named_file(request: HttpRequest, dump: DumpName, file: DumpFileName) -> HttpResponseBase:
    """Return a file as it was written, or the part of it that Range asks for; its ETag is its SHA-256.

    A dump that has gone is answered with 410: what was begun from it cannot be gone on with from another.
    """
    return _file(request, _named(dump), file)


@router.get(
    "export/dump/{file}",
    summary="Get a file of the latest dump",
    operation_id="getDumpFile",
    openapi_extra=_file_answers(),
    deprecated=True,
)
@deprecated(UNNAMED_FILE)
def latest_file(request: HttpRequest, file: DumpFileName) -> HttpResponseBase:
    """Return a file of whichever dump is the latest; parts of two do not fit together, so name the dump."""
    return _file(request, _latest(), file)


def _latest() -> Dump:
    dump = latest_dump()
    if dump is None:
        raise Problem(404, NO_DUMP)
    return dump


def _named(name: str) -> Dump:
    if dump := named_dump(name):
        return dump
    latest = _latest()
    if name > latest.name:
        raise Problem(404, f"There is no dump of that name. The latest is {latest.name}.")
    raise Problem(410, f"That dump is no longer kept. The latest is {latest.name}: begin again with it.")


def _summary(dump: Dump) -> DumpSummary:
    said = {field: dump.manifest[field] for field in DumpSummary.model_fields if field != "name"}
    return DumpSummary.model_validate({"name": dump.name, **said})


def _manifest(dump: Dump) -> DumpManifest:
    return DumpManifest.model_validate(dump.manifest | {"name": dump.name})


def _file(request: HttpRequest, dump: Dump, file: str) -> HttpResponseBase:
    path = dump.path_of(file)
    if path is None:
        raise Problem(404, f"The dump {dump.name} has no such file; its manifest names those it has.")
    etag = f'"{dump.manifest["files"][file]["sha256"]}"'
    try:
        response = resumable_file(request, path, etag=etag, media_type=MEDIA_TYPES[path.suffix])
        response["Last-Modified"] = http_date(path.stat().st_mtime)
    except FileNotFoundError as error:
        raise Problem(503, "The dump is being replaced.", headers={"Retry-After": "5"}) from error
    response["X-Snapshot"] = dump.manifest["snapshot"]
    response["X-Licence"] = LICENCE
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
