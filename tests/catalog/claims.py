"""Claims as tests need them: begun, proved, grown old."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from catalog.models import Artifact, Claim
from catalog.ownership.places import Place
from catalog.ownership.proofs import Proof
from catalog.services.claims import check_claim, request_claim
from tests.builders import make_artifact, make_link


def make_user(name: str = "builder") -> User:
    """An account whose address is confirmed."""
    user = User.objects.create_user(name, f"{name}@example.org", "a long enough password")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def found(token: str, place: Place) -> Proof:
    """Look, and see the proof."""
    return Proof(is_given=True, said=f"Found at {place.where}.")


def missing(token: str, place: Place) -> Proof:
    """Look, and see none."""
    return Proof(is_given=False, said="Not there.")


def make_claimable(slug: str = "painter-one") -> Artifact:
    """An artifact with a homepage of its own."""
    artifact = make_artifact(slug)
    make_link(artifact, "homepage", f"https://{slug}.example/")
    return artifact


def age(claim: Claim, **by: float) -> None:
    """Let time pass for a claim."""
    fields = ("checked_at", "failing_since", "expires_at")
    moved = {name: getattr(claim, name) - timedelta(**by) for name in fields if getattr(claim, name)}
    Claim.objects.filter(pk=claim.pk).update(**moved)
    claim.refresh_from_db()


def make_verified(user: User | None = None, artifact: Artifact | None = None) -> Claim:
    """A claim that was proved; contested where another holds."""
    claim = request_claim(artifact or make_claimable(), user=user or make_user(), method="dns")
    check_claim(claim, actor=claim.user, look=found)
    claim.refresh_from_db()
    return claim
