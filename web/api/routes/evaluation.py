"""``suites`` and ``runs``."""

from django.http import HttpRequest
from ninja import Router

from web.api.problems import Problem
from web.api.routes.parameters import PageNumber, RunId, SlugPath
from web.api.schemas.evaluation import (
    PromptDetail,
    RunDetail,
    SuiteDetail,
    SuiteList,
    prompt_detail,
    run_detail,
    suite_detail,
    suite_summary_out,
)
from web.pages.runs import run_page
from web.pages.suites import prompt_gallery_page, suite_page, suites_page

router = Router()


FIRST_SUITE = {"operationId": "getSuite", "parameters": {"slug": "$response.body#/items/0/slug"}}


@router.get(
    "suites",
    response=SuiteList,
    summary="List suites",
    operation_id="listSuites",
    openapi_extra={"responses": {200: {"links": {"suite": FIRST_SUITE}}}},
)
def suites(request: HttpRequest) -> SuiteList:
    """List the prompt suites in use."""
    return SuiteList(items=[suite_summary_out(summary) for summary in suites_page().suites])


@router.get("suites/{slug}", response=SuiteDetail, summary="Get one suite", operation_id="getSuite")
def suite(request: HttpRequest, slug: SlugPath) -> SuiteDetail:
    """Return who scores what on a suite, and every prompt."""
    page = suite_page(slug)
    if page is None:
        raise Problem(404, f"There is no suite “{slug}” in use.")
    return suite_detail(page)


@router.get(
    "suites/{slug}/prompts/{key}",
    response=PromptDetail,
    summary="Get what every artifact made of one prompt",
    operation_id="getPrompt",
)
def prompt(request: HttpRequest, slug: SlugPath, key: SlugPath) -> PromptDetail:
    """Return every artifact's pictures of one prompt with the same seeds, scores and reasons."""
    page = prompt_gallery_page(slug, key)
    if page is None:
        raise Problem(404, f"There is no prompt “{key}” in a suite “{slug}”.")
    return prompt_detail(page)


@router.get("runs/{run_id}", response=RunDetail, summary="Get one run", operation_id="getRun")
def run(request: HttpRequest, run_id: RunId, page: PageNumber = 1) -> RunDetail:
    """Return recipe, environment, means and one page of the samples of a run."""
    record = run_page(run_id, str(page))
    if record is None:
        raise Problem(404, f"There is no run {run_id}.")
    return run_detail(record)
