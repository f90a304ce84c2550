"""Tells what a source lists apart: ours for certain, ours perhaps, or not ours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from catalog.identity import Candidate, Known, Strength, judge, plain_name
from catalog.models import Artifact, Identity, MatchProposal
from catalog.sources.base import ID_COLUMNS, IdField, Lead


class Matcher:
    """The catalogue's artifacts by what leads to them. Two queries, whatever is asked of it later."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[IdField, str], set[int]] = defaultdict(set)
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._known: dict[int, Known] = {}
        named: dict[int, set[tuple[IdField, str]]] = defaultdict(set)
        for artifact, scheme, value in Identity.objects.values_list("artifact", "scheme", "value"):
            named[artifact].add((IdField(scheme), value.casefold()))
        columns = ("pk", "name", "aliases", "publisher__name", "publisher__slug", *ID_COLUMNS)
        for row in Artifact.objects.values(*columns).order_by("pk"):
            self._add(row, named[row["pk"]])

    def _add(self, row: dict[str, object], named: set[tuple[IdField, str]]) -> None:
        ids = named | {(field, str(row[field]).casefold()) for field in ID_COLUMNS if row[field]}
        aliases = row["aliases"]
        names = (str(row["name"]), *(aliases if isinstance(aliases, list) else ()))
        pk = int(str(row["pk"]))
        publishers = (str(row["publisher__name"]), str(row["publisher__slug"]))
        self._known[pk] = Known(pk, names, publishers, frozenset(ids))
        for id_ in ids:
            self._by_id[id_].add(pk)
        for name in names:
            self._by_name[plain_name(name)].add(pk)

    def near(self, lead: Lead) -> list[Known]:
        """Return the artifacts that share a declared id or the name with what a source lists."""
        found = set(self._by_name.get(plain_name(lead.name), ()))
        for field, value in lead.declares:
            found |= self._by_id.get((field, value.casefold()), set())
        return [self._known[pk] for pk in sorted(found)]


def match_leads(leads: Sequence[Lead], *, scheme: IdField, matcher: Matcher) -> int:
    """Write certain matches as identities and doubtful ones as proposals; return how many were found.

    A name that belongs to an artifact already, or that a person has refused, is left alone. Two queries.
    """
    identities, proposals = [], []
    for lead in leads:
        candidate = Candidate(lead.name, lead.publisher, lead.declares)
        for match in judge(candidate, matcher.near(lead)):
            if match.strength is Strength.CERTAIN:
                identities.append(
                    Identity(
                        artifact_id=match.artifact, scheme=scheme.value, value=lead.id, reason=match.reason
                    )
                )
            else:
                proposals.append(_proposal(lead, scheme, match.artifact, match.reason))
    Identity.objects.bulk_create(identities, ignore_conflicts=True)
    MatchProposal.objects.bulk_create(proposals, ignore_conflicts=True)
    return len(identities) + len(proposals)


def _proposal(lead: Lead, scheme: IdField, artifact: int, reason: str) -> MatchProposal:
    return MatchProposal(
        artifact_id=artifact,
        scheme=scheme.value,
        value=lead.id,
        name=lead.name[:300],
        publisher=lead.publisher[:160],
        url=lead.url[:500],
        reason=reason,
    )


def approve_matches(proposals: Iterable[MatchProposal], *, by: AbstractBaseUser | None) -> int:
    """Make identities of waiting proposals; return how many.

    Where the name has become another artifact's meanwhile, the proposal is rejected instead.
    """
    return sum(_approve(proposal.pk, by) for proposal in proposals)


def reject_matches(proposals: Iterable[MatchProposal], *, by: AbstractBaseUser | None) -> int:
    """Reject waiting proposals for good; return how many."""
    waiting = MatchProposal.objects.filter(
        pk__in=[proposal.pk for proposal in proposals], state=MatchProposal.State.WAITING
    )
    return waiting.update(state=MatchProposal.State.REJECTED, decided_at=timezone.now(), decided_by=by)


@transaction.atomic
def _approve(pk: int, by: AbstractBaseUser | None) -> bool:
    proposal = MatchProposal.objects.select_for_update().filter(pk=pk, state="waiting").first()
    if proposal is None:
        return False
    identity, is_new = Identity.objects.get_or_create(
        scheme=proposal.scheme,
        value__iexact=proposal.value,
        defaults={"artifact": proposal.artifact, "value": proposal.value, "reason": proposal.reason},
    )
    is_ours = is_new or identity.artifact_id == proposal.artifact_id
    proposal.state = MatchProposal.State.APPROVED if is_ours else MatchProposal.State.REJECTED
    proposal.decided_at, proposal.decided_by_id = timezone.now(), by.pk if by else None
    proposal.save(update_fields=["state", "decided_at", "decided_by"])
    return is_ours
