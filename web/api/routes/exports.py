"""``export/``: everything at once, as of now."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from ninja import Query, Router

from catalog.models import Artifact
from ranking.compute.export_format import FORMULA, INPUTS, LICENCE, RANKS
from ranking.selectors import current_snapshot
from ranking.services.export import NothingToExportError, published_file
from web.api.document import problems
from web.api.keys import request_key
from web.api.limits import caller_name
from web.api.problems import Problem
from web.api.routes.artifacts import unknown_artifact
from web.api.routes.parameters import LARGEST_ID
from web.api.schemas.common import Slug
from web.api.schemas.exports import LINE_SCHEMAS, ArtifactLine, EvaluationLine
from web.export.parquet import as_parquet
from web.export.statements import ARTIFACTS_EXPORT, EVALUATIONS_EXPORT, Export
from web.export.stream import BusyError, Stream

router = Router()
NDJSON, PARQUET = "application/x-ndjson", "application/vnd.apache.parquet"
LINES = {"responses": {200: {"content": {NDJSON: {"schema": {"type": "string"}}}}}}
COLUMNS = {"responses": {200: {"content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}}}}}

AfterArtifact = Annotated[
    Slug | None, Query(description="Go on behind the artifact of the last whole line that arrived.")
]
AfterSample = Annotated[
    int, Query(ge=0, le=LARGEST_ID, description="Go on behind the `sample` of the last whole line.")
]
OfSnapshot = Annotated[
    str | None,
    Query(
        pattern="^[0-9a-f]{64}$",
        description="X-Snapshot of the export that is gone on with; 409 where another is published by now.",
    ),
]


def _lines(model: type[ArtifactLine | EvaluationLine]) -> dict[str, Any]:
    """Return how the document describes lines: their type, not the type of the whole file."""
    words = f"One `{model.__name__}` a line, as of one moment; X-Snapshot names the published ranks."
    content = {NDJSON: {"schema": {"type": "string", "description": model.__doc__}}}
    return {"responses": {200: {"description": words, "content": content}, **problems(409)}}


@router.get(
    "export/artifacts.ndjson",
    summary="Stream all artifacts",
    operation_id="exportArtifacts",
    openapi_extra=_lines(ArtifactLine),
)
def artifacts(
    request: HttpRequest, after: AfterArtifact = None, snapshot: OfSnapshot = None
) -> HttpResponseBase:
    """Stream every artifact with its capabilities, prices and facts, a line each, as of one moment.

    What was cut off goes on with `after` and `snapshot`; the rest is as of the moment of going on.
    """
    return _stream(request, ARTIFACTS_EXPORT, after=_artifact_id(after) if after else 0, of_snapshot=snapshot)


@router.get(
    "export/evaluations.ndjson",
    summary="Stream all evaluations",
    operation_id="exportEvaluations",
    openapi_extra=_lines(EvaluationLine),
)
def evaluations(
    request: HttpRequest, after: AfterSample = 0, snapshot: OfSnapshot = None
) -> HttpResponseBase:
    """Stream every picture asked for with its scores and reasons, a line each, as of one moment."""
    return _stream(request, EVALUATIONS_EXPORT, after=after, of_snapshot=snapshot)


@router.get(
    "export/artifacts.parquet",
    summary="Stream all artifacts as Parquet",
    operation_id="exportArtifactsParquet",
    openapi_extra=COLUMNS,
)
def artifacts_parquet(request: HttpRequest) -> HttpResponseBase:
    """Stream every artifact as of one moment, in row groups of 10,000; values of facts are JSON texts."""
    return _parquet(request, ARTIFACTS_EXPORT)


@router.get(
    "export/evaluations.parquet",
    summary="Stream all evaluations as Parquet",
    operation_id="exportEvaluationsParquet",
    openapi_extra=COLUMNS,
)
def evaluations_parquet(request: HttpRequest) -> HttpResponseBase:
    """Stream every picture asked for as of one moment, in row groups of 10,000."""
    return _parquet(request, EVALUATIONS_EXPORT)


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


def _artifact_id(slug: str) -> int:
    found = Artifact.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise unknown_artifact(slug)
    return found


def _stream(request: HttpRequest, export: Export, *, after: int, of_snapshot: str | None) -> HttpResponseBase:
    """Return an export's lines behind a key; what another snapshot's export left out is not there any more."""
    published = _snapshot()
    if of_snapshot not in {None, published}:
        raise Problem(
            409,
            f"The published ranks are of snapshot {published or 'none'} now. Begin again without `after`, or "
            "fetch a dump, whose files never change.",
        )
    reader = _reader(request)
    return _answer(lambda: Stream(export.statement(after=after), reader=reader), NDJSON, name=export.file)


def _parquet(request: HttpRequest, export: Export) -> HttpResponseBase:
    columns = as_parquet(LINE_SCHEMAS[export.file])
    statement = export.statement(is_for_columns=True)
    reader = _reader(request)
    return _answer(lambda: Stream(statement, form=columns, reader=reader), PARQUET, name=export.parquet_file)


def _reader(request: HttpRequest) -> str:
    """Return whose export it is: of a key, or of a network."""
    key = request_key(request)
    return caller_name(request, key_id=key.pk if key else None)


def _snapshot() -> str:
    snapshot = current_snapshot()
    return snapshot.digest if snapshot else ""


def _answer(begin: Callable[[], Stream], media_type: str, *, name: str) -> HttpResponseBase:
    published = _snapshot()
    try:
        response = StreamingHttpResponse(begin(), content_type=media_type)
    except BusyError as error:
        raise Problem(503, f"{error}.", headers={"Retry-After": "30"}) from error
    response["X-Snapshot"] = published
    response["X-Licence"] = LICENCE
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
