"""Admin pages of the API's keys."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import models
from catalog.services.api_keys import revoke_key


@admin.register(models.ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[models.ApiKey]):
    """Keys of the API: seen and closed here, made by ``manage.py api_key``, which shows them once."""

    list_display = (
        "prefix",
        "name",
        "owner",
        "scopes",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    list_filter = ("revoked_at",)
    search_fields = ("prefix", "name")
    readonly_fields = ("prefix", "scopes", "created_at", "revoked_at", "last_used_at")
    raw_id_fields = ("owner",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: a key made here could not be shown to anybody."""
        return False

    @admin.action(description="Revoke the chosen keys")
    def revoke(self, request: HttpRequest, keys: QuerySet[models.ApiKey]) -> None:
        """Close keys for good."""
        for key in keys:
            revoke_key(key.prefix)
