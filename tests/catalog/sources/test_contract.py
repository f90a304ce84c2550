"""What every connector owes: patience within limits, nothing made of broken answers, and never a crash."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Fact, Identity, IngestRefusal, IngestRun, SourceRecord
from catalog.services import ingest as ingest_module
from catalog.services.ingest import ingest_source
from catalog.sources import CONNECTORS
from catalog.sources.base import IdField, Page, PauseError, Query, Source, SourceError, comparable_id
from catalog.sources.fetch import Fetcher, GuardedFetch, Limits
from tests.builders import make_artifact
from tests.catalog.sources.outside import HOST, outside_server
from tests.catalog.sources.payloads import (
    MANIFEST,
    civitai_model,
    hub_model,
    models_dev,
    package,
    replicate_model,
    repository,
    router_model,
)
from tests.catalog.sources.server import Answer, Asked, SourceServer

SITES = ("openrouter", "huggingface", "github", "pypi", "pypistats", "replicate", "civitai", "modelsdev")
MANIFEST_ADDRESS = f"https://{HOST}/unfragile.yaml"


@dataclass(frozen=True)
class Contract:
    """How one connector is asked for one thing, and a body that answers it."""

    source: Source
    id: str
    path: str
    body: Callable[..., Any]
    # A field of the body that its source might one day send as something else.
    changed: dict[str, Any]


def in_list(key: str, make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a body that is a list under a key."""
    return lambda **fields: {key: [make(**fields)], "metadata": {}}


def manifest(**fields: Any) -> bytes:
    """Return a manifest whose kind may be another."""
    return MANIFEST.replace("kind: model", f"kind: {fields.get('kind', 'model')}").encode()


CONTRACTS = {
    contract.source: contract
    for contract in (
        Contract(
            Source.OPENROUTER,
            "acme/painter-1",
            "/openrouter/models",
            in_list("data", router_model),
            {"name": 1},
        ),
        Contract(
            Source.HUGGINGFACE,
            "acme/painter-one",
            "/huggingface/api/models",
            lambda **fields: [hub_model(**fields)],
            {"likes": "many"},
        ),
        Contract(
            Source.GITHUB,
            "acme/studio",
            "/github/repos/acme/studio",
            repository,
            {"stargazers_count": "many"},
        ),
        Contract(Source.PYPI, "acme-studio", "/pypi/pypi/acme-studio/json", package, {"version": ["2", "1"]}),
        Contract(
            Source.REPLICATE,
            "acme/painter",
            "/replicate/v1/models/acme/painter",
            replicate_model,
            {"run_count": "5k"},
        ),
        Contract(
            Source.CIVITAI, "7", "/civitai/api/v1/models", in_list("items", civitai_model), {"stats": [1]}
        ),
        Contract(
            Source.MODELS_DEV, "acme/painter-1", "/modelsdev/api.json", models_dev, {"cost": {"input": "2"}}
        ),
        Contract(Source.MANIFEST, MANIFEST_ADDRESS, "/unfragile.yaml", manifest, {"kind": "[model]"}),
    )
}


@dataclass
class Bench:
    """A connector under test and the server it reads."""

    contract: Contract
    server: SourceServer
    fetch_guarded: GuardedFetch
    sleeps: list[float]

    def say(self, *answers: Answer) -> None:
        """Let the connector's main path give these answers in turn."""
        self.server.say(self.contract.path, *answers)

    def good(self, **fields: Any) -> Answer:
        """Return a whole answer."""
        return Answer(self.contract.body(**fields), etag=fields.pop("etag", ""))

    def fetcher(self, **options: Any) -> Fetcher:
        """Return a fetcher that never really waits."""
        limits = Limits(
            **{"attempts": 3, "max_requests": 200, "max_bytes": 20_000, **options.pop("limits", {})}
        )
        return Fetcher(limits=limits, sleep=self.sleeps.append, fetch_guarded=self.fetch_guarded, **options)

    def read(self, **options: Any) -> tuple[list[Page], SourceError | None]:
        """Return the pages that came, and what ended them."""
        urls = {site: f"{self.server.url}/{site}" for site in SITES}
        connector = CONNECTORS[self.contract.source](self.fetcher(**options), urls)
        pages: list[Page] = []
        try:
            pages.extend(connector.pages(Query(ids=(self.contract.id,))))
        except SourceError as error:
            return pages, error
        return pages, None

    def records(self, **options: Any) -> list[str]:
        """Return the ids of what was read without an error."""
        pages, error = self.read(**options)
        assert error is None, error
        return [record.id for page in pages for record in page.records]


@pytest.fixture(params=list(Source), ids=str)
def bench(
    request: pytest.FixtureRequest, server: SourceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """Return each connector in turn, its lists empty and its main path unknown."""
    server.say("/replicate/v1/models", Answer({"results": [], "next": None}))
    contract = CONTRACTS[request.param]
    with outside_server(tmp_path, monkeypatch) as (outside, fetch_guarded):
        place = outside if contract.source is Source.MANIFEST else server
        yield Bench(contract, place, fetch_guarded, [])


def refused(bench: Bench, **options: Any) -> str:
    """Read, and return why nothing was made of the answer; it is said, not raised as something else."""
    pages, error = bench.read(**options)
    assert [record.id for page in pages for record in page.records] == []
    reasons = [item.reason for page in pages for item in page.refusals] + ([str(error)] if error else [])
    assert reasons, "silence"
    return " ".join(reasons)


def test_every_connector_has_a_contract() -> None:
    assert CONTRACTS.keys() == CONNECTORS.keys() == set(Source)


def test_a_good_answer_is_read(bench: Bench) -> None:
    bench.say(bench.good())
    assert set(bench.records()) == {bench.contract.id}


def test_retry_after_is_obeyed(bench: Bench) -> None:
    bench.say(Answer(status=429, headers={"Retry-After": "3"}), bench.good())
    assert bench.contract.id in bench.records()
    assert bench.sleeps[0] == 3.0


def test_a_long_wait_pauses_the_run(bench: Bench) -> None:
    bench.say(Answer(status=429, headers={"Retry-After": "86400"}))
    if bench.contract.source is Source.MANIFEST:
        assert "asks to wait 86400 s" in refused(bench)
        return
    _, error = bench.read()
    assert isinstance(error, PauseError)


def test_errors_are_tried_again_and_then_given_up(bench: Bench) -> None:
    bench.say(Answer(status=500), Answer(status=502), bench.good())
    assert bench.contract.id in bench.records()
    assert bench.sleeps[:2] == [1.0, 2.0]
    bench.say(Answer(status=500))
    assert "HTTP 500" in refused(bench)


def test_an_answer_that_is_cut_short_is_nothing(bench: Bench) -> None:
    whole = bench.good().body
    body = whole if isinstance(whole, bytes) else json.dumps(whole).encode()
    bench.say(Answer(body[: len(body) // 2], missing_bytes=len(body) // 2))
    assert refused(bench)


def test_a_body_of_ten_times_the_size_is_not_read(bench: Bench) -> None:
    if bench.contract.source is Source.MANIFEST:
        body = MANIFEST.encode() + b"# " + b"x" * 2_000_000
    else:
        body = b" " * 200_000 + json.dumps(bench.good().body).encode()
    bench.say(Answer(body))
    assert any(word in refused(bench) for word in ("more than 20,000 bytes", "larger than 200,000 bytes"))


def test_the_wrong_encoding_is_nothing(bench: Bench) -> None:
    whole = bench.good().body
    text = whole.decode() if isinstance(whole, bytes) else json.dumps(whole)
    bench.say(Answer(text.replace("P", "\u00c9").replace("a", "\u00e4").encode("latin-1")))
    assert "not readable" in refused(bench)


def test_a_changed_type_is_refused_by_name(bench: Bench) -> None:
    bench.say(Answer(bench.contract.body(**bench.contract.changed)))
    assert next(iter(bench.contract.changed)) in refused(bench)
    pages, _ = bench.read()
    (item,) = (item for page in pages for item in page.refusals)
    assert item.subjects == (comparable_id(CONNECTORS[bench.contract.source].id_field, bench.contract.id),)


def test_another_shape_altogether_is_refused(bench: Bench) -> None:
    bodies: tuple[object, ...] = ([], {"error": "maintenance"}, "closed", None)
    for body in bodies:
        bench.say(Answer(json.dumps(body).encode()))
        pages, error = bench.read()
        assert [record for page in pages for record in page.records] == []
        is_empty_list = bench.contract.source is Source.HUGGINGFACE and body == []
        is_empty_mapping = bench.contract.source is Source.MODELS_DEV and isinstance(body, dict)
        said = error or any(page.refusals or page.missing for page in pages)
        assert said or is_empty_list or is_empty_mapping


def test_unknown_fields_are_ignored(bench: Bench) -> None:
    if bench.contract.source is Source.MANIFEST:
        pytest.skip("the manifest's format is ours: an unknown key there is a misspelt one")
    if bench.contract.source is Source.PYPI:
        body = {**package(), "brand_new": {"x": [1]}}
    else:
        body = bench.contract.body(brand_new={"x": [1]})
    bench.say(Answer(body))
    assert bench.contract.id in bench.records()


def test_pages_without_end_are_left(bench: Bench) -> None:
    def endless(asked: Asked) -> Answer:
        number = len(bench.server.asked)
        body = bench.contract.body()
        following = f"{bench.server.url}{asked.path}?cursor={number}"
        if isinstance(body, dict) and "items" in body:
            body["metadata"] = {"nextPage": following}
        return Answer(body, headers={"Link": f'<{following}>; rel="next", <{following}>; rel="last"'})

    bench.server.route(bench.contract.path, endless)
    bench.server.route(
        "/replicate/v1/models",
        lambda asked: Answer(
            {"results": [], "next": f"{bench.server.url}{asked.path}?cursor={len(bench.server.asked)}"}
        ),
    )
    pages, error = bench.read()
    assert error is None
    assert {record.id for page in pages for record in page.records} == {bench.contract.id}
    assert len(bench.server.asked) < 60


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "https://inside.example/x", "http://10.0.0.1/"]
)
def test_no_redirect_leads_inside(bench: Bench, target: str) -> None:
    bench.say(Answer(status=302, headers={"Location": target}))
    assert any(word in refused(bench) for word in ("another host", "not a public address", "only https"))


def test_what_is_unchanged_is_not_sent_again(bench: Bench) -> None:
    bench.say(Answer(bench.contract.body(), etag='"1"'))
    pages, _ = bench.read()
    known = {item.url: item for page in pages for item in page.validators}
    assert known
    again, error = bench.read(validators=known)
    assert error is None
    assert [record for page in again for record in page.records] == []
    subject = comparable_id(CONNECTORS[bench.contract.source].id_field, bench.contract.id)
    assert subject in {name for page in again for name in page.answered}


def test_the_budget_ends_every_run(bench: Bench) -> None:
    bench.say(bench.good())
    _, error = bench.read(limits={"max_requests": 0})
    assert isinstance(error, PauseError)


@pytest.fixture
def catalogued(bench: Bench, settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None) -> Bench:
    """Return the connector with an artifact of the catalogue that goes by its id."""
    field = CONNECTORS[bench.contract.source].id_field
    settings.CONNECTOR_URLS = {site: f"{bench.server.url}/{site}" for site in SITES}
    settings.CONNECTOR_TOKENS = {}
    guarded = partial(Fetcher, fetch_guarded=bench.fetch_guarded)
    monkeypatch.setattr(ingest_module, "Fetcher", guarded)
    columns = (
        {str(field): bench.contract.id}
        if field in ("hub_id", "github_repo", "package_name", "router_id")
        else {}
    )
    artifact = make_artifact("painter", **columns)
    if not columns:
        Identity.objects.create(artifact=artifact, scheme=field.value, value=bench.contract.id)
    return bench


def ingest(bench: Bench) -> IngestRun:
    """Read the source into the catalogue."""
    return ingest_source(bench.contract.source, sleep=lambda _: None).run


def test_what_was_read_stays_when_the_source_breaks_and_is_marked(catalogued: Bench) -> None:
    catalogued.say(catalogued.good())
    assert ingest(catalogued).state == "done"
    before = list(Fact.objects.order_by("pk").values())
    assert before
    assert not SourceRecord.objects.exclude(stale_since=None).exists()
    catalogued.say(Answer(catalogued.contract.body(**catalogued.contract.changed)))
    run = ingest(catalogued)
    assert list(Fact.objects.order_by("pk").values()) == before
    assert run.state == "failed" or IngestRefusal.objects.filter(run=run).exists()
    assert SourceRecord.objects.exclude(stale_since=None).exists()
    catalogued.say(catalogued.good())
    assert ingest(catalogued).state == "done"
    assert not SourceRecord.objects.exclude(stale_since=None).exists()


def test_twice_the_same_writes_nothing(catalogued: Bench) -> None:
    catalogued.say(catalogued.good())
    first = ingest(catalogued)
    assert first.record_count >= 1
    rows = list(SourceRecord.objects.order_by("pk").values()), list(Fact.objects.order_by("pk").values())
    run = ingest(catalogued)
    assert (run.fact_count, run.signal_count, run.offer_count) == (0, 0, 0)
    assert (
        list(SourceRecord.objects.order_by("pk").values()),
        list(Fact.objects.order_by("pk").values()),
    ) == rows


def test_ids_of_each_connector_are_named() -> None:
    assert {connector.id_field for connector in CONNECTORS.values()} == set(IdField)
