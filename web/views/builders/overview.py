"""What is a builder's: all their claims, and the dashboard of one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.pages.builders.dashboard import dashboard_page
from web.pages.builders.overview import builders_page, welcome_page
from web.views.builders.access import held_claim, signed_in
from web.views.rendering import page_response


@never_cache
@require_safe
def builders(request: HttpRequest) -> HttpResponse:
    """Show the visitor's claims; to a stranger, what a claim gives and how to begin."""
    if not request.user.is_authenticated:
        return page_response(request, "builders/welcome.html", welcome_page())
    return page_response(request, "builders/builders.html", builders_page(signed_in(request)))


@never_cache
@login_required
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one artifact's dashboard to whoever has a role in a claim to it that holds."""
    held = held_claim(request, slug)
    page = dashboard_page(held.claim, role=held.role)
    return page_response(request, "builders/dashboard.html", page)
