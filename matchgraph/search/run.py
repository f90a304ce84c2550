"""Answers a query: what it asks for, what could answer it, then one list with reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from django.conf import settings

from matchgraph.search.answer import Scored, n_known, results, scored
from matchgraph.search.blend import FAIR_FIT, PUBLISHED, Weights
from matchgraph.search.candidates import judged
from matchgraph.search.conditions import conditions_of
from matchgraph.search.constraints import parse
from matchgraph.search.likeness import likeness_to
from matchgraph.search.lots import drawn_order
from matchgraph.search.makers import Makers
from matchgraph.search.names import NameHit, NameMatch, name_hits
from matchgraph.search.prices import priced
from matchgraph.search.reasons import Answer
from matchgraph.search.records import ConstraintKind, ParsedQuery, SearchPage
from matchgraph.search.relaxing import relaxations
from matchgraph.search.retrieval import (
    allowed_artifacts,
    asked_intents,
    found_capabilities,
    named_artifacts,
)
from matchgraph.search.scope import scope_of
from matchgraph.selectors import MatchEvidence, intent_evidence
from matchgraph.services.feedback import LoggedSearch, ShownResult
from matchgraph.services.search_log import log_search
from matchgraph.texts import normalised

LONGEST_QUERY = 400


def search(query: str, *, limit: int = 20, visitor: str | None = None, referrer: str = "") -> SearchPage:
    """Return the artifacts that answer a query best, each with the reasons.

    Args:
        query: what a person typed; prices, licences, memory and the like are parsed from it.
        limit: how many results at most.
        visitor: the salted daily hash of the visitor; without one nothing is written down.
        referrer: the host of another site that led to the search.
    """
    query = " ".join(query.replace("\x00", " ").split())[:LONGEST_QUERY]
    if not query:
        return SearchPage("", (), "", (), None, is_weak=False)
    page = answered(query, limit=limit)
    if visitor is None:
        return page
    order, drawn = drawn_order(
        page.results, n_known=page.n_known, visitor=visitor, query=query, share=_drawn_share(page)
    )
    page = replace(page, results=order)
    return replace(page, event_id=log_search(_log_entry(page, drawn, referrer), visitor=visitor))


def _drawn_share(page: SearchPage) -> float:
    """Return in which share of such searches a pair is drawn by lot; never where a price decides the order."""
    is_by_price = any(
        item.kind in {ConstraintKind.CHEAPEST, ConstraintKind.PRICE} for item in page.constraints
    )
    return 0.0 if is_by_price else settings.SEARCH_DRAWN_SHARE


def answered(
    query: str,
    *,
    limit: int,
    weights: Weights = PUBLISHED,
    taken: Mapping[int, MatchEvidence] | None = None,
) -> SearchPage:
    """Return the page for a query that has been cleaned; nothing is written down.

    ``taken`` stands in for what visitors who wanted this took, by artifact; by default what is learnt.
    """
    hits = name_hits(query)
    parsed = _parsed(query, hits)
    answer, best = _ranked(hits, parsed, weights, taken)
    fitting = [item for item in best if item.relevance >= FAIR_FIT]
    relaxed = (
        () if fitting else tuple(relaxations(parsed, lambda less: _ranked(hits, less, weights, taken)[1]))
    )
    return SearchPage(
        query,
        parsed.constraints,
        parsed.residual,
        results(answer, best[:limit]),
        event_id=None,
        is_weak=not fitting,
        n_known=n_known(best[:limit]),
        relaxations=relaxed,
    )


def _ranked(
    hits: Sequence[NameHit],
    parsed: ParsedQuery,
    weights: Weights,
    taken: Mapping[int, MatchEvidence] | None,
) -> tuple[Answer, Sequence[Scored]]:
    """Return what was found out about a query and the artifacts that answer it, best first."""
    named = named_artifacts(hits, parsed)
    conditions = conditions_of(parsed)
    artifacts = allowed_artifacts(conditions, named)
    scope = scope_of(artifacts) if conditions else None
    likeness = likeness_to(parsed, among=artifacts)
    text, words = _searched_text(hits, parsed)
    found = found_capabilities(text, scope=scope, weights=weights, words_of=words)
    if taken is None:
        taken = intent_evidence(asked_intents(text, found))
    answer = Answer(parsed, conditions, named, found, likeness, taken, weights)
    if parsed.residual or answer.likeness:
        artifacts = artifacts.filter(pk__among=found.keys() | named.keys() | answer.likeness.keys())
    return answer, scored(answer, priced(judged(artifacts, conditions), parsed.constraints))


def _parsed(query: str, hits: Sequence[NameHit]) -> ParsedQuery:
    """Take a query apart; one that is a name asks for nothing beside it, "classifier-free guidance" for no price."""
    if hits and hits[0].match == NameMatch.EXACT:
        return ParsedQuery(query, (), query)
    return parse(query, _finder(hits), find_maker=Makers(query))


def _finder(hits: Sequence[NameHit]) -> Callable[[str], tuple[str, str] | None]:
    known = {hit.text: (hit.slug, hit.name) for hit in reversed(hits)}
    return lambda words: known.get(normalised(words))


def _searched_text(hits: Sequence[NameHit], parsed: ParsedQuery) -> tuple[str, str]:
    """Return the text to look for by meaning, and what of it by words.

    What was parsed tells something about meaning ("on 8 GB"), and its words are no evidence. A misspelt name is
    put right, and the name of an artifact that others shall be like is left out.
    """
    if hits and hits[0].match == NameMatch.NEAR:
        return hits[0].text, ""
    is_like = parsed.constraint(ConstraintKind.LIKE) is not None
    text = parsed.residual if is_like or not parsed.residual else parsed.query
    return text, parsed.residual


def _log_entry(page: SearchPage, drawn: int, referrer: str) -> LoggedSearch:
    shown = [
        ShownResult(
            result.artifact_id,
            result.matched_capability.id if result.matched_capability else None,
            drawn if drawn and place in {drawn, drawn + 1} else 0,
        )
        for place, result in enumerate(page.results, start=1)
    ]
    constraints = [asdict(constraint) for constraint in page.constraints]
    return LoggedSearch(page.query, constraints, page.is_weak, shown, referrer)
