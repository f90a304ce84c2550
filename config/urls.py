"""URLs: the admin, then everything that the ``web`` app serves."""

from django.contrib import admin
from django.urls import include, path

# Knows a database that is away from a fault of ours.
handler500 = "web.views.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("web.urls")),
]
