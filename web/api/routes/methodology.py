"""``methodology``."""

from django.http import HttpRequest
from ninja import Router

from ranking.compute.formula import read_definition
from web.api.schemas.common import snapshot_out
from web.api.schemas.evaluation import suite_summary_out
from web.api.schemas.ranks import MethodologyOut, ScorerReportOut
from web.pages.methodology import methodology_page

router = Router()


@router.get(
    "methodology",
    response=MethodologyOut,
    summary="Get how every number is made",
    operation_id="getMethodology",
)
def methodology(request: HttpRequest) -> MethodologyOut:
    """Return the formula in force, the suites in use and the scorers' measured errors."""
    page = methodology_page()
    names = ScorerReportOut.model_fields
    return MethodologyOut(
        formula_version=page.formula.version,
        formula=page.snapshot.formula if page.snapshot else read_definition(),
        snapshot=snapshot_out(page.snapshot),
        suites=[suite_summary_out(summary) for summary in page.suites],
        scorer_reports=[
            ScorerReportOut(**{name: getattr(report, name) for name in names}) for report in page.reports
        ],
    )
