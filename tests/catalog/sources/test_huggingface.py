"""The hub's answers: what is taken of them, what is refused."""

import datetime as dt
from typing import Any

import pytest

from catalog.sources.base import Count, Source
from catalog.sources.huggingface import MAX_PAGES_PER_PUBLISHER, HubModel, facts, licence_facts
from tests.catalog.sources.payloads import hub_model
from tests.catalog.sources.reading import read
from tests.catalog.sources.server import Answer, Asked, SourceServer

HUB = "/huggingface/api/models"


def test_the_hub_is_read_publisher_by_publisher(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        (author,) = asked.query["author"]
        return Answer([hub_model(f"{author}/one"), hub_model(f"{author}/unknown")])

    server.route(HUB, models)
    pages = read(server, Source.HUGGINGFACE, "Acme/One", "brush/one")
    assert [page.cursor for page in pages] == ["acme", "brush"]
    assert pages[0].records[0].counts == (Count("likes", 120), Count("downloads_30d", 4500))
    assert pages[0].records[0].id == "Acme/One"
    assert pages[0].candidates == ("acme/unknown",)
    assert [
        page.cursor
        for page in read(server, Source.HUGGINGFACE, "acme/one", "brush/one", done=frozenset({"acme/one"}))
    ] == ["brush"]


def test_the_hub_is_read_page_after_page(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        if "cursor" in asked.query:
            return Answer([hub_model("acme/two")])
        return Answer([hub_model("acme/one")], headers={"Link": f'<{HUB}?cursor=x>; rel="next"'})

    server.route(HUB, models)
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", "acme/two")
    assert [record.id for record in page.records] == ["acme/one", "acme/two"]


def test_pages_without_end_are_left_and_the_rest_asked_by_name(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        number = int(asked.query.get("cursor", ["0"])[0]) + 1
        return Answer([], headers={"Link": f'<{HUB}?cursor={number}>; rel="next"'})

    server.route(HUB, models)
    server.say(f"{HUB}/acme/one", Answer(hub_model("acme/one")))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    assert [record.id for record in page.records] == ["acme/one"]
    assert server.paths.count(HUB) == MAX_PAGES_PER_PUBLISHER


def test_a_renamed_model_is_found_and_named(server: SourceServer) -> None:
    server.say(HUB, Answer([]))
    server.say(f"{HUB}/acme/old", Answer(status=307, headers={"Location": f"{HUB}/acme/new"}))
    server.say(f"{HUB}/acme/new", Answer(hub_model("acme/new")))
    # To a stranger the Hub says "unauthorised" of what does not exist.
    server.say(f"{HUB}/acme/gone", Answer({"error": "Invalid username or password."}, status=401))
    (page,) = read(server, Source.HUGGINGFACE, "acme/old", "acme/gone")
    (record,) = page.records
    assert (record.id, record.renamed_to, record.url) == (
        "acme/old",
        "acme/new",
        "https://huggingface.co/acme/new",
    )
    assert page.missing == ("acme/gone",)


def test_the_hub_is_read_back_to_a_day(server: SourceServer) -> None:
    rows = [hub_model("acme/new"), hub_model("acme/old", lastModified="2024-01-01T00:00:00.000Z")]
    server.say(HUB, Answer(rows, headers={"Link": f'<{HUB}?cursor=x>; rel="next"'}))
    (page,) = read(server, Source.HUGGINGFACE, "acme/new", "acme/old", since=dt.date(2026, 1, 1))
    assert [record.id for record in page.records] == ["acme/new"]
    assert (page.missing, len(server.asked)) == ((), 1)
    assert server.asked[0].query["sort"] == ["lastModified"]


@pytest.mark.parametrize(
    ("gated", "openness"), [(False, None), ("auto", None), ("manual", "weights-on-request")]
)
def test_gated_is_false_or_a_word(server: SourceServer, gated: Any, openness: str | None) -> None:
    server.say(HUB, Answer([hub_model("acme/one", gated=gated)]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    stated = page.records[0].facts
    assert (stated["gated"], stated["openness"]) == (gated, openness)
    assert stated["last_activity_on"] == "2026-10-11"


@pytest.mark.parametrize(
    "fields", [{"gated": "maybe"}, {"likes": "120"}, {"likes": -1}, {"downloads": 2**63}, {"tags": "a"}]
)
def test_the_hub_changed_types_are_refused(server: SourceServer, fields: dict[str, Any]) -> None:
    server.say(HUB, Answer([hub_model("acme/one", **fields), hub_model("acme/two"), None]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", "acme/two")
    assert [record.id for record in page.records] == ["acme/two"]
    assert [item.key for item in page.refusals] == ["acme/one"]
    assert next(iter(fields)) in page.refusals[0].reason


def licence(**fields: Any) -> dict[str, Any]:
    """Return the licence facts of a model."""
    return licence_facts(HubModel.model_validate(hub_model(**fields)))


def test_licences_that_we_know_get_their_identifier_and_answers() -> None:
    assert licence()["licence"] == {
        "id": "Apache-2.0",
        "name": "Apache License 2.0",
        "outputs_commercial": "yes",
        "weights_commercial": "yes",
    }
    tagged = licence(cardData=None, tags=["license:cc-by-nc-4.0"])
    assert (tagged["licence"]["id"], tagged["licence"]["outputs_commercial"]) == ("CC-BY-NC-4.0", "no")


def test_other_licences_are_kept_by_the_name_they_are_given() -> None:
    card = {"license": "other", "license_name": "acme-community", "license_link": "LICENSE.md"}
    assert licence(cardData=card) == {
        "licence": None,
        "licence_declared": {"id": "LicenseRef-acme-community", "name": "acme-community"},
    }
    linked = licence(cardData={**card, "license_link": "https://example.org/licence"})
    assert linked["licence_declared"]["url"] == "https://example.org/licence"


@pytest.mark.parametrize("card", [None, {}, {"license": "other"}, {"license": ["a"], "license_name": 3}])
def test_a_card_may_say_nothing_usable(card: dict[str, Any] | None) -> None:
    assert licence(cardData=card, tags=[]) == {"licence": None, "licence_declared": None}


def test_parameters_are_believed_of_a_single_network() -> None:
    weights = {"parameters": {"BF16": 4_000_000_000}, "total": 4_000_000_000}
    for library, expected in (("transformers", 4_000_000_000), ("diffusers", None)):
        model = HubModel.model_validate(hub_model(library_name=library, safetensors=weights))
        assert facts(model)["parameter_count"] == expected


def test_the_hub_tells_files_formats_and_size(server: SourceServer) -> None:
    files = [{"rfilename": name} for name in ("README.md", "a.safetensors", "old/model.CKPT", "x.bin")]
    weights = {"parameters": {"BF16": 1_000, "F32": 10}, "total": 1_010}
    server.say(HUB, Answer([hub_model("acme/one", siblings=files, safetensors=weights)]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    stated = page.records[0].facts
    assert (stated["file_count"], stated["weight_formats"]) == (4, ["pickle", "safetensors"])
    assert stated["weights_bytes"] == 2_040
    assert facts(HubModel.model_validate(hub_model()))["weight_formats"] is None
    odd = {"parameters": {"F3": 7}}
    assert facts(HubModel.model_validate(hub_model(safetensors=odd)))["weights_bytes"] is None


def test_cards_are_read_at_each_new_commit_within_their_budget(server: SourceServer) -> None:
    server.say(HUB, Answer([hub_model("acme/one"), hub_model("acme/two", sha="2" * 40)], etag='"1"'))
    for name in ("one", "two"):
        server.say(f"/huggingface/acme/{name}/raw/main/README.md", Answer(f"# Painter {name}\0é".encode()))
    ids = ("acme/one", "acme/two")
    held = {"acme/two": "2" * 40}
    (page,) = read(server, Source.HUGGINGFACE, *ids, max_texts=9, held_revisions=held)
    (card,) = (record for record in page.records if "text" in record.payload)
    assert (card.payload["text"], card.payload["sha"]) == ("# Painter oneé", "0" * 40)
    assert page.validators
    (page,) = read(server, Source.HUGGINGFACE, *ids, max_texts=1)
    assert len([record for record in page.records if "text" in record.payload]) == 1
    assert page.validators == (), "the card that is left must not hide behind an unchanged list"


@pytest.mark.parametrize("answer", [Answer("# Café".encode("latin-1")), Answer(status=500)])
def test_a_card_that_cannot_be_read_costs_the_model_nothing(server: SourceServer, answer: Answer) -> None:
    server.say(HUB, Answer([hub_model("acme/one")]))
    server.say("/huggingface/acme/one/raw/main/README.md", answer)
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", max_texts=9)
    assert [record.id for record in page.records] == ["acme/one"]
    assert [(item.key, item.subjects) for item in page.refusals] == [("acme/one card", ())]
    assert page.answered == ("acme/one",)
