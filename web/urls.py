"""Every public URL of the site."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
