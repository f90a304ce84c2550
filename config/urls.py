"""URLs: the admin, then everything that the ``web`` app serves."""

from allauth.decorators import rate_limit
from django.contrib import admin
from django.urls import include, path

# Django's own has no limit; passwords are not to be tried by the thousand here either.
admin.site.login = rate_limit(action="login")(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("web.urls")),
]
