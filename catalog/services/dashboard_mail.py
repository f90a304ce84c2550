"""The wish for a weekly mail about one's own artifacts: made and ended with one press of a button."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from catalog.models import DashboardMail
from catalog.services.subscriptions import Bounce


def want_mail(user: User) -> bool:
    """Begin to send to an account's own address, where that is confirmed; say whether it is."""
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return False
    DashboardMail.objects.get_or_create(user=user)
    return True


def leave_mail(wish_id: int) -> None:
    """Send nothing more; leaving twice is leaving."""
    DashboardMail.objects.filter(pk=wish_id).delete()


def note_builder_bounce(wish_id: int, bounce: Bounce) -> bool:
    """End a wish whose mail reaches nobody, or is called unwanted; return whether nothing is sent any more.

    What failed for now is sent again with the next week.
    """
    if bounce != Bounce.SOFT:
        leave_mail(wish_id)
    return not DashboardMail.objects.filter(pk=wish_id).exists()
