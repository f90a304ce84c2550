"""Several people look after a claim; each is asked, and the claim can change hands."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from catalog.models import Claim, Invitation, Maintainer, Role
from catalog.services import maintainers
from catalog.services.claims import check_due_claims, give_up_claim
from catalog.services.maintainers import (
    ASKED_A_WEEK,
    MOST_PEOPLE,
    MaintainerError,
    answer_invitation,
    invitations_for,
    invite,
    remove_maintainer,
    role_of,
    withdraw_invitation,
)
from tests.catalog.claims import make_user, make_verified, missing

pytestmark = pytest.mark.django_db


def ask(claim: Claim, address: str = "friend@example.org", role: str = "editor") -> Invitation:
    return invite(
        claim, by=claim.user, address=address, role=role, link_of=lambda token: f"https://x/{token}/"
    )


def actions(claim: Claim) -> list[str]:
    return list(claim.events.values_list("action", flat=True))


def test_somebody_who_says_yes_has_the_role_and_all_of_it_is_on_record() -> None:
    claim, friend = make_verified(), make_user("friend")
    asked = ask(claim, " Friend@Example.org ")
    assert mail.outbox[-1].to == ["friend@example.org"]
    assert f"https://x/{asked.token}/" in mail.outbox[-1].body
    assert role_of(claim, friend) is None
    assert invitations_for(friend) == [asked]
    answer_invitation(asked, user=friend, accepts=True)
    assert role_of(claim, friend) == Role.EDITOR
    assert list(Claim.objects.verified().open_to(friend)) == [claim]
    remove_maintainer(claim.maintainers.get(), by=claim.user)
    assert role_of(claim, friend) is None
    assert actions(claim)[-3:] == ["invited", "joined", "removed"]


def test_only_a_confirmed_address_is_asked() -> None:
    claim, friend = make_verified(), make_user("friend")
    ask(claim)
    EmailAddress.objects.filter(user=friend).update(verified=False)
    assert invitations_for(friend) == []


def test_an_invitation_that_is_over_opens_nothing() -> None:
    claim, friend = make_verified(), make_user("friend")
    declined, withdrawn, late = (ask(claim, f"{name}@example.org") for name in ("friend", "b", "c"))
    answer_invitation(declined, user=friend, accepts=False)
    withdraw_invitation(withdrawn, by=claim.user)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for asked in (declined, withdrawn, late):
        with pytest.raises(MaintainerError, match="over"):
            answer_invitation(asked, user=friend, accepts=True)
    lapsed = ask(claim, "d@example.org")
    give_up_claim(claim, actor=claim.user)
    with pytest.raises(MaintainerError, match="no longer holds"):
        answer_invitation(lapsed, user=friend, accepts=True)
    assert not Maintainer.objects.exists()


def test_a_claim_handed_over_has_a_new_owner_and_the_old_one_as_editor() -> None:
    claim, heir, stranger = make_verified(), make_user("heir"), make_user("stranger")
    before = claim.user
    asked, other = ask(claim, heir.email, "owner"), ask(claim, stranger.email)
    answer_invitation(asked, user=heir, accepts=True)
    claim.refresh_from_db()
    assert (role_of(claim, heir), role_of(claim, before)) == (Role.OWNER, Role.EDITOR)
    assert "handed over" in mail.outbox[-1].subject
    # Whom the owner before had asked is not let in by the new one.
    other.refresh_from_db()
    assert other.state == Invitation.State.WITHDRAWN
    assert claim.events.filter(action="handed over", actor=heir).exists()


def test_a_claim_proved_by_an_accounts_rights_asks_for_those_of_its_new_owner() -> None:
    claim, heir = make_verified(), make_user("heir")
    Claim.objects.update(method="github-admin")
    claim.artifact.github_repo = "acme/painter"
    claim.artifact.save()
    claim.refresh_from_db()
    answer_invitation(ask(claim, heir.email, "owner"), user=heir, accepts=True)
    assert check_due_claims(look=missing) == 1
    claim.refresh_from_db()
    assert claim.failing_since is not None


def test_who_has_a_living_claim_is_not_handed_another_and_an_old_one_is_in_no_way() -> None:
    claim, heir = make_verified(), make_user("heir")
    own = Claim.objects.create(artifact=claim.artifact, user=heir, state=Claim.State.REQUESTED)
    asked = ask(claim, heir.email, "owner")
    with pytest.raises(MaintainerError, match="claim of your own"):
        answer_invitation(asked, user=heir, accepts=True)
    asked.refresh_from_db()
    assert asked.state == Invitation.State.OPEN
    give_up_claim(own, actor=heir)
    answer_invitation(asked, user=heir, accepts=True)
    claim.refresh_from_db()
    assert claim.user == heir


@pytest.mark.parametrize(
    ("address", "role", "said"),
    [
        ("nobody", "editor", "no e-mail address"),
        ("a@localhost", "editor", "no e-mail address"),
        ("a@example.org\nBcc: b@example.org", "editor", "no e-mail address"),
        ("a@example.org", "king", "no such role"),
        ("builder@example.org", "viewer", "owner's own"),
    ],
)
def test_who_cannot_be_asked(address: str, role: str, said: str) -> None:
    with pytest.raises(MaintainerError, match=said):
        ask(make_verified(), address, role)


def test_nobody_is_asked_twice_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = make_verified()
    ask(claim)
    with pytest.raises(MaintainerError, match="invited already"):
        ask(claim)
    monkeypatch.setattr(maintainers, "INVITATIONS_A_DAY", 1)
    with pytest.raises(MaintainerError, match="come back tomorrow"):
        ask(claim, "other@example.org")
    # Who was asked may say yes at any time, and counts already.
    for number in range(MOST_PEOPLE - 1):
        claim.maintainers.create(user=make_user(f"m{number}"), role=Role.VIEWER)
    with pytest.raises(MaintainerError, match="people look after it"):
        ask(claim, "other@example.org")


def test_an_address_is_not_filled_by_asking_and_withdrawing() -> None:
    claim = make_verified()
    for _ in range(ASKED_A_WEEK):
        withdraw_invitation(ask(claim), by=claim.user)
    with pytest.raises(MaintainerError, match="often enough"):
        ask(claim)
    assert len(mail.outbox) == ASKED_A_WEEK


def test_there_is_one_owner_whatever_is_written() -> None:
    with pytest.raises(IntegrityError):
        make_verified().maintainers.create(user=make_user("second"), role=Role.OWNER)
