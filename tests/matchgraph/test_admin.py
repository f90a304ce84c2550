"""Every model of the match graph has an admin page, and none can be edited by hand."""

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from matchgraph.search import search
from matchgraph.services.build import build_matchgraph
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

MODELS = list(apps.get_app_config("matchgraph").get_models())


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_lists_and_details_are_shown_read_only(
    model: type, embedder: CountingEmbedder, admin_client: Client
) -> None:
    make_capability(make_artifact("painter"), "Inpainting")
    make_capability(make_artifact("editor"), "Inpainting")
    build_matchgraph(embedder)
    search("inpainting", visitor="ann")
    names = f"admin:matchgraph_{model.__name__.lower()}"
    assert admin_client.get(reverse(f"{names}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"{names}_add")).status_code == 403
    row = model._default_manager.first()  # type: ignore[attr-defined]
    if row is not None:
        page = admin_client.get(reverse(f"{names}_change", args=[row.pk]))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content


def test_every_model_is_registered() -> None:
    assert all(site.is_registered(model) for model in MODELS)
