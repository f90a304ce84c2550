"""The door of the admin: limited attempts, and a second factor where the settings ask for one."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.decorators import rate_limit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session gave a passkey, a one-time code or a recovery code, not a password alone."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class StaffSite(AdminSite):
    """Django's admin, entered through the site's own sign-in where a second factor is wanted."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let staff in, with their second factor where one is wanted."""
        is_staff = super().has_permission(request)
        return is_staff and (not settings.STAFF_SECOND_FACTOR or used_second_factor(request))

    # Django's own sign-in has no limit; passwords are not to be tried by the thousand here either.
    @method_decorator(rate_limit(action="login"))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in with Django's form, or lead through the site's sign-in and the second factor."""
        if not settings.STAFF_SECOND_FACTOR:
            return super().login(request, extra_context)
        return _next_step(request)


def _next_step(request: HttpRequest) -> HttpResponse:
    """Return what is missing: to sign in, to set a second factor up, or to give it."""
    following = _local(request.GET.get("next"))
    if not request.user.is_authenticated:
        return _led("account_login", following)
    if not request.user.is_staff:
        raise PermissionDenied
    if not is_mfa_enabled(request.user):
        return redirect("mfa_index")
    return redirect(following) if used_second_factor(request) else _led("mfa_reauthenticate", following)


def _local(following: str | None) -> str:
    is_ours = following and url_has_allowed_host_and_scheme(following, allowed_hosts=None)
    return following if following and is_ours else reverse("admin:index")


def _led(view: str, following: str) -> HttpResponse:
    return redirect(f"{reverse(view)}?{urlencode({'next': following})}")
