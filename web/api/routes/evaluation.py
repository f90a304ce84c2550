"""``suites`` and ``runs``."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from web.api.problems import Problem
from web.api.routes.parameters import PageNumber, RunId, SlugPath
from web.api.schemas.evaluation import (
    PromptDetail,
    SuiteDetail,
    SuiteList,
    prompt_detail,
    suite_detail,
    suite_summary_out,
)
from web.api.schemas.leaderboard import SuiteLeaderboardOut, suite_leaderboard_out
from web.api.schemas.runs import RunDetail, SampleDetail, run_detail, sample_detail
from web.api.sparse import Fields, only
from web.pages.leaderboard.suite import suite_board_page
from web.pages.prompt_gallery import prompt_gallery_page
from web.pages.runs import run_page
from web.pages.samples import sample_page
from web.pages.suites import suite_page, suites_page

router = Router()


FIRST_SUITE = {
    name: {"operationId": operation, "parameters": {"slug": "$response.body#/items/0/slug"}}
    for name, operation in (("suite", "getSuite"), ("leaderboard", "getSuiteLeaderboard"))
}
FIRST_PROMPT = {
    "operationId": "getPrompt",
    "parameters": {"slug": "$request.path.slug", "key": "$response.body#/prompts/0/key"},
}
FIRST_SAMPLE = {
    "operationId": "getSample",
    "parameters": {"run_id": "$request.path.run_id", "sample_id": "$response.body#/samples/0/id"},
}


@router.get(
    "suites",
    response=SuiteList,
    summary="List suites",
    operation_id="listSuites",
    openapi_extra={"responses": {200: {"links": FIRST_SUITE}}},
)
def suites(request: HttpRequest, fields: Fields = None) -> BaseModel | HttpResponse:
    """List the prompt suites in use."""
    return only(SuiteList(items=[suite_summary_out(summary) for summary in suites_page().suites]), fields)


@router.get(
    "suites/{slug}",
    response=SuiteDetail,
    summary="Get one suite",
    operation_id="getSuite",
    openapi_extra={"responses": {200: {"links": {"prompt": FIRST_PROMPT}}}},
)
def suite(request: HttpRequest, slug: SlugPath, fields: Fields = None) -> BaseModel | HttpResponse:
    """Return who scores what on a suite, and every prompt."""
    page = suite_page(slug)
    if page is None:
        raise Problem(404, f"There is no suite “{slug}” in use.")
    return only(suite_detail(page), fields)


@router.get(
    "suites/{slug}/leaderboard",
    response=SuiteLeaderboardOut,
    summary="Get the standings of a suite",
    operation_id="getSuiteLeaderboard",
)
def suite_leaderboard(
    request: HttpRequest, slug: SlugPath, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return who scores what on a suite, with the ranges of places that the intervals leave open."""
    page = suite_board_page(slug, {})
    if page is None:
        raise Problem(404, f"There is no published suite “{slug}” in use.")
    return only(suite_leaderboard_out(page), fields)


@router.get(
    "suites/{slug}/prompts/{key}",
    response=PromptDetail,
    summary="Get what every artifact made of one prompt",
    operation_id="getPrompt",
)
def prompt(
    request: HttpRequest, slug: SlugPath, key: SlugPath, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return every artifact's pictures of one prompt with the same seeds, scores and reasons."""
    page = prompt_gallery_page(slug, key)
    if page is None:
        raise Problem(404, f"There is no prompt “{key}” in a suite “{slug}”.")
    return only(prompt_detail(page), fields)


@router.get(
    "runs/{run_id}",
    response=RunDetail,
    summary="Get one run",
    operation_id="getRun",
    openapi_extra={"responses": {200: {"links": {"sample": FIRST_SAMPLE}}}},
)
def run(
    request: HttpRequest, run_id: RunId, page: PageNumber = 1, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return recipe, environment, means and one page of the samples of a run."""
    record = run_page(run_id, str(page))
    if record is None:
        raise Problem(404, f"There is no run {run_id}.")
    return only(run_detail(record), fields)


@router.get(
    "runs/{run_id}/samples/{sample_id}",
    response=SampleDetail,
    summary="Get one picture's record",
    operation_id="getSample",
)
def sample(
    request: HttpRequest, run_id: RunId, sample_id: RunId, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return how a picture was made, what every reader saw in it, and every score with its evidence."""
    page = sample_page(run_id, sample_id)
    if page is None:
        raise Problem(404, f"There is no sample {sample_id} in a run {run_id}.")
    return only(sample_detail(page), fields)
