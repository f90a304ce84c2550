"""``ranks``."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from web.api.routes.parameters import After, KindAsked, Limit
from web.api.schemas.common import rank_out, snapshot_out
from web.api.schemas.ranks import RankedArtifact, RankList
from web.api.sparse import Fields, only
from web.pages.listing import Wanted, rank_listing

router = Router()


@router.get("ranks", response=RankList, summary="List ranks with explanations", operation_id="listRanks")
def ranks(
    request: HttpRequest,
    kind: KindAsked = None,
    limit: Limit = 20,
    after: After = None,
    fields: Fields = None,
    *,
    with_demonstrations: bool = False,
) -> BaseModel | HttpResponse:
    """List published ranks, best first, each with its components, inputs, sources and dates."""
    filters = {"kind": str(kind)} if kind else {}
    page = rank_listing(Wanted(limit, after or "", filters, with_demonstrations))
    answer = RankList(
        items=[
            RankedArtifact(
                slug=card.slug,
                name=card.name,
                kind=card.kind_code,
                is_demonstration=card.is_demonstration,
                rank=rank,
            )
            for card, entry in page.rows
            if (rank := rank_out(entry))
        ],
        next=page.next,
        snapshot=snapshot_out(page.snapshot),
    )
    return only(answer, fields)
