"""``export/``: everything at once."""

from enum import StrEnum
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from ninja import Router

from ranking.compute.export_format import FORMULA, INPUTS, LICENCE, RANKS
from ranking.selectors import current_snapshot
from ranking.services.export import NothingToExportError, published_file
from web.api.problems import Problem
from web.api.schemas.exports import ArtifactLine, DumpManifest, EvaluationLine
from web.export.dumps import dump_file, latest_dump
from web.export.statements import ARTIFACTS_EXPORT, EVALUATIONS_EXPORT, Export
from web.export.stream import BusyError, Stream

router = Router()
NDJSON = "application/x-ndjson"
LINES = {"responses": {200: {"content": {NDJSON: {"schema": {"type": "string"}}}}}}
NO_DUMP = "No dump has been written yet; the live exports work without one."


class DumpFileName(StrEnum):
    """The files of a dump besides its manifest."""

    ARTIFACTS = ARTIFACTS_EXPORT.file
    EVALUATIONS = EVALUATIONS_EXPORT.file
    RANKS = RANKS
    INPUTS = INPUTS
    FORMULA = FORMULA


def _lines(model: type[ArtifactLine | EvaluationLine]) -> dict[str, Any]:
    """Return how the document describes lines: their type, not the type of the whole file."""
    words = f"One `{model.__name__}` a line, as of one moment; X-Snapshot names the published ranks."
    content = {NDJSON: {"schema": {"type": "string", "description": model.__doc__}}}
    return {"responses": {200: {"description": words, "content": content}}}


@router.get(
    "export/artifacts.ndjson",
    summary="Stream all artifacts",
    operation_id="exportArtifacts",
    openapi_extra=_lines(ArtifactLine),
)
def artifacts(request: HttpRequest) -> HttpResponseBase:
    """Stream every artifact with its capabilities, prices and facts, a line each, as of one moment."""
    return _stream(ARTIFACTS_EXPORT)


@router.get(
    "export/evaluations.ndjson",
    summary="Stream all evaluations",
    operation_id="exportEvaluations",
    openapi_extra=_lines(EvaluationLine),
)
def evaluations(request: HttpRequest) -> HttpResponseBase:
    """Stream every picture asked for with its scores and reasons, a line each, as of one moment."""
    return _stream(EVALUATIONS_EXPORT)


@router.get(
    "export/manifest.json",
    response=DumpManifest,
    summary="Get the latest dump's manifest",
    operation_id="getDumpManifest",
)
def manifest(request: HttpRequest) -> DumpManifest:
    """Return counts, SHA-256, schemas, licence and snapshot of the latest dump."""
    dump = latest_dump()
    if dump is None:
        raise Problem(404, NO_DUMP)
    return DumpManifest.model_validate(dump.manifest)


@router.get(
    "export/dump/{file}",
    summary="Get a file of the latest dump",
    operation_id="getDumpFile",
    openapi_extra=LINES,
)
def dumped(request: HttpRequest, file: DumpFileName) -> HttpResponseBase:
    """Return one of the files that the manifest names, as it was written; its ETag is its SHA-256."""
    path, dump = dump_file(file), latest_dump()
    if path is None or dump is None:
        raise Problem(404, NO_DUMP)
    try:
        response = FileResponse(path.open("rb"), content_type=NDJSON)
    except FileNotFoundError as error:
        raise Problem(503, "The dump is being replaced.", headers={"Retry-After": "5"}) from error
    response["ETag"] = f'"{dump.manifest["files"][file]["sha256"]}"'
    response["Last-Modified"] = http_date(path.stat().st_mtime)
    response["X-Snapshot"] = dump.manifest["snapshot"]
    return response


@router.get(
    "export/ranks.ndjson", summary="Stream all ranks", operation_id="exportRanks", openapi_extra=LINES
)
def ranks(request: HttpRequest) -> HttpResponseBase:
    """Stream every rank in milli-points with its parts, a line each."""
    return _published(RANKS)


@router.get(
    "export/inputs.ndjson",
    summary="Stream all inputs of the ranks",
    operation_id="exportInputs",
    openapi_extra=LINES,
)
def inputs(request: HttpRequest) -> HttpResponseBase:
    """Stream what the rank knew of every artifact, a line each, with sources and dates."""
    return _published(INPUTS)


@router.get(
    "export/formula.json",
    summary="Get the formula in force",
    operation_id="exportFormula",
    openapi_extra=LINES,
)
def formula(request: HttpRequest) -> HttpResponseBase:
    """Return the formula's one line; followed by the lines of the inputs it hashes to the snapshot's name."""
    return _published(FORMULA)


def _published(name: str) -> HttpResponseBase:
    """Return a file of the published rank: it never changes, so the snapshot's name is its ETag."""
    try:
        file = published_file(name)
    except NothingToExportError as error:
        raise Problem(404, "No rank has been published yet.") from error
    response = StreamingHttpResponse(file.lines, content_type=NDJSON)
    response["ETag"] = f'"{file.digest}"'
    if file.published_at:
        response["Last-Modified"] = http_date(file.published_at.timestamp())
    response["X-Snapshot"] = file.digest
    return response


def _stream(export: Export) -> HttpResponse | StreamingHttpResponse:
    snapshot = current_snapshot()
    try:
        response = StreamingHttpResponse(Stream(export), content_type=NDJSON)
    except BusyError as error:
        raise Problem(503, f"{error}.", headers={"Retry-After": "30"}) from error
    response["X-Snapshot"] = snapshot.digest if snapshot else ""
    response["X-Licence"] = LICENCE
    response["Content-Disposition"] = f'attachment; filename="{export.file}"'
    response["Cache-Control"] = "no-store"
    return response
