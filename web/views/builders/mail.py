"""The weekly mail to builders: wanted with a button on the dashboard, left with one or without signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import DashboardMail
from catalog.services.dashboard_mail import leave_mail, want_mail
from web.mail.tokens import builder_leaving_id
from web.pages.builders.overview import mail_left_page
from web.views.builders.access import signed_in
from web.views.rendering import page_response


@never_cache
@login_required
@require_POST
def builder_mail(request: HttpRequest) -> HttpResponse:
    """Begin or end the visitor's own weekly mail."""
    user = signed_in(request)
    if request.POST.get("action") == "leave":
        for wish in DashboardMail.objects.filter(user=user):
            leave_mail(wish.pk)
    elif not want_mail(user):
        return redirect("account_email")
    return redirect(f"{reverse('builders')}#mail")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def builder_mail_leave(request: HttpRequest, token: str) -> HttpResponse:
    """End a weekly mail: a POST by a mail program (RFC 8058) or by the button, answered without a redirect."""
    wish_id = builder_leaving_id(token)
    is_left = wish_id is not None and request.method == "POST"
    if wish_id is not None and is_left:
        leave_mail(wish_id)
    page = mail_left_page(request.path, is_known=wish_id is not None, is_left=is_left)
    response = page_response(
        request, "builders/mail_left.html", page, status=200 if wish_id is not None else 404
    )
    response["Referrer-Policy"] = "no-referrer"
    return response
