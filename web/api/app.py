"""The API itself: its operations, its document and how its errors leave."""

import logging
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from web.api.docs import PlainDocs
from web.api.document import completed
from web.api.problems import Problem, field_errors, problem_response
from web.api.routes import (
    artifacts,
    brief,
    compare,
    dumps,
    evaluation,
    exports,
    feedback,
    methodology,
    ranks,
    search,
    validate,
)
from web.outage import AWAY, RETRY_AFTER_S

logger = logging.getLogger(__name__)

DESCRIPTION = (
    "Everything that the site shows, as JSON, from the same objects. Reading needs no key. Every number "
    "carries the date it was true on and where it was read; what is not known is null, never 0. Paths "
    "(`path`, `url` of pictures) are URI references relative to this document's host. Lists are paged by "
    "key: follow `next`. Licence of the data: CC-BY-4.0."
)


class Api(NinjaAPI):
    """The API whose document also says what holds for every operation."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document with problems, limits and keys written into every operation."""
        return completed(super().get_openapi_schema())

    def get_openapi_schema(self, **_options: Any) -> Any:
        """Return the document, which is the same for the life of the process."""
        return self.document


api = Api(
    title=f"{settings.SITE_NAME} API",
    version="1.0.0",
    description=DESCRIPTION,
    docs=PlainDocs(),
    urls_namespace="api-1",
    servers=[{"url": "/"}],
)
for tag, router in (
    ("search", search.router),
    ("artifacts", artifacts.router),
    ("compare", compare.router),
    ("evaluation", evaluation.router),
    ("ranks", ranks.router),
    ("methodology", methodology.router),
    ("brief", brief.router),
    ("feedback", feedback.router),
    ("builders", validate.router),
    ("export", exports.router),
    ("export", dumps.router),
):
    api.add_router("", router, tags=[tag])


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(request, error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem_response(request, Problem(422, errors=field_errors(error.errors)))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem_response(request, Problem(404))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(request, Problem(error.status_code, str(error)))


def _database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("The database did not answer an API request", exc_info=error)
    return problem_response(request, Problem(503, headers={"Retry-After": str(RETRY_AFTER_S)}))


for kind in AWAY:
    api.exception_handler(kind)(_database_away)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("An API request failed: %s", request.path, exc_info=error)
    return problem_response(request, Problem(500))
