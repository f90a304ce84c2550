"""The brief by e-mail: asking for it, confirming, leaving.

None of these pages knows its visitor: what is signed in the link decides, so no form needs a token of its own,
and the box to subscribe may stand on pages that are kept for everybody.
"""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from catalog.services.subscriptions import ask, confirm, is_mailable, leave
from web.api.limits import SUBSCRIBE, spend
from web.mail.tokens import confirmed_id, leaving_id
from web.pages.brief.subscribe import Step, subscription_page
from web.tasks import ask_for_confirmation
from web.views.rendering import page_response
from web.visitors import network_key


class SubscribeForm(forms.Form):
    """An address, and a field that only programs fill."""

    address = forms.EmailField(max_length=254)
    website = forms.CharField(required=False)

    def clean_address(self) -> str:
        """Refuse what names no mailbox on the internet."""
        address = str(self.cleaned_data["address"])
        if not is_mailable(address):
            raise forms.ValidationError("no mailbox on the internet")
        return address


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Show the form; a POST asks the address for confirmation and says the same whoever it is."""
    if request.method != "POST":
        return _page(request, Step.ASK)
    form = SubscribeForm(request.POST)
    written = str(request.POST.get("address", ""))[:254]
    if not form.is_valid():
        return _page(request, Step.ASK, written=written, error="This is no e-mail address.", status=422)
    if form.cleaned_data["website"]:
        return redirect("brief-subscribed")
    visitor = network_key(request)
    if spend(SUBSCRIBE, caller=visitor, is_keyed=False).is_exceeded:
        said = f"The form was sent {SUBSCRIBE.anonymous} times from here today. Come back tomorrow."
        return _page(request, Step.ASK, written=written, error=said, status=429)
    asked = ask(form.cleaned_data["address"], visitor=visitor)
    if asked is not None:
        origin = settings.SITE_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"
        ask_for_confirmation.delay_on_commit(asked.pk, origin)
    return redirect("brief-subscribed")


@never_cache
@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way."""
    return _page(request, Step.SENT)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def brief_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm with a button: programs that look into mails follow every link and press none."""
    subscriber_id = confirmed_id(token)
    if subscriber_id is None:
        return _page(request, Step.TOO_LATE, status=410)
    if request.method != "POST":
        return _page(request, Step.CONFIRM, path=reverse("brief-confirm", args=[token]))
    return (
        _page(request, Step.ACTIVE) if confirm(subscriber_id) else _page(request, Step.TOO_LATE, status=410)
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def brief_leave(request: HttpRequest, token: str) -> HttpResponse:
    """End a subscription: a POST by a mail program (RFC 8058) or by the button, answered without a redirect."""
    subscriber_id = leaving_id(token)
    if subscriber_id is None:
        return _page(request, Step.UNKNOWN, status=404)
    if request.method != "POST":
        return _page(request, Step.LEAVE, path=reverse("brief-leave", args=[token]))
    leave(subscriber_id)
    return _page(request, Step.LEFT)


def _page(
    request: HttpRequest, step: Step, *, path: str = "", written: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    page = subscription_page(step, path=path, written=written, error=error)
    response = page_response(request, "brief/subscription.html", page, status=status)
    # The address in the bar may hold what confirms: it is told to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
