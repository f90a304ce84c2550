"""Reading from a server that misbehaves."""

import gzip
import time
from email.utils import formatdate

import pytest

from catalog.sources.base import PauseError, SourceError, Validator
from catalog.sources.fetch import Fetcher, Limits
from tests.catalog.sources.server import Answer, Asked, SourceServer

GOOD = Answer({"fine": True})


class Sleeps(list[float]):
    """Remembers how long it was told to wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


def fetcher(sleeps: Sleeps, **limits: float) -> Fetcher:
    return Fetcher(limits=Limits(**limits), sleep=sleeps)  # type: ignore[arg-type]


def test_retry_after_is_obeyed(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(status=429, headers={"Retry-After": "7"}), GOOD)
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"fine": True}
    assert sleeps == [7.0]


def test_retry_after_may_be_a_date(server: SourceServer, sleeps: Sleeps) -> None:
    later = formatdate(time.time() + 30, usegmt=True)
    server.say("/list", Answer(status=503, headers={"Retry-After": later}), GOOD)
    fetcher(sleeps).get(f"{server.url}/list")
    assert 25 < sleeps[0] <= 30


@pytest.mark.parametrize("asked", ["soon", "-1", "Mon, 99 Nov"])
def test_retry_after_that_cannot_be_read_is_replaced_by_our_own_patience(
    server: SourceServer, sleeps: Sleeps, asked: str
) -> None:
    server.say("/list", Answer(status=429, headers={"Retry-After": asked}), GOOD)
    fetcher(sleeps).get(f"{server.url}/list")
    assert sleeps == [1.0]


def test_a_long_wait_pauses_the_run(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(status=429, headers={"Retry-After": "86400"}))
    with pytest.raises(PauseError, match="86400 s"):
        fetcher(sleeps).get(f"{server.url}/list")
    assert sleeps == []


def test_github_says_too_often_with_403(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(status=403, headers={"X-RateLimit-Remaining": "0", "Retry-After": "2"}), GOOD)
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"fine": True}
    assert sleeps == [2.0]


def test_errors_of_the_server_are_tried_again_with_back_off(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(status=500), Answer(status=502), Answer(status=504), GOOD)
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"fine": True}
    assert sleeps == [1.0, 2.0, 4.0]


def test_a_server_that_stays_broken_is_given_up(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(status=500))
    with pytest.raises(SourceError, match="HTTP 500, 4 attempts"):
        fetcher(sleeps).get(f"{server.url}/list")


def test_json_that_is_cut_short_is_tried_again(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(b'{"data": [{"id": "acme/pa'), GOOD)
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"fine": True}


def test_a_connection_that_breaks_off_is_tried_again(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer({"fine": False}, missing_bytes=50), GOOD)
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"fine": True}


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "Café"}'.encode("latin-1"),
        b"<html>Please enable JavaScript</html>",
        b"",
        b'{"likes": NaN}',
        b"[" * 100_000,
        b'{"likes": ' + b"9" * 5_000 + b"}",
    ],
    ids=["latin-1", "html", "empty", "NaN", "nested", "digits"],
)
def test_what_is_not_json_is_refused_with_a_reason(server: SourceServer, sleeps: Sleeps, body: bytes) -> None:
    server.say("/list", Answer(body))
    with pytest.raises(SourceError, match="not readable as JSON"):
        fetcher(sleeps).get(f"{server.url}/list")


def test_characters_that_postgresql_cannot_keep_are_taken_out(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(b'{"a\\u0000": ["x\\u0000y", "\\ud800", "\\ud83d\\ude00", 1]}'))
    assert fetcher(sleeps).get(f"{server.url}/list").content == {"a": ["xy", "?", "😀", 1]}


def test_a_body_that_is_too_large_is_not_read_to_its_end(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(b'"' + b"a" * 2_000_000 + b'"'))
    with pytest.raises(SourceError, match="more than 100,000 bytes"):
        fetcher(sleeps, max_bytes=100_000).get(f"{server.url}/list")
    assert len(server.asked) == 1


def test_a_body_that_grows_when_unpacked_counts_unpacked(server: SourceServer, sleeps: Sleeps) -> None:
    packed = gzip.compress(b'"' + b"a" * 5_000_000 + b'"')
    server.say("/list", Answer(packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="more than 100,000 bytes"):
        fetcher(sleeps, max_bytes=100_000).get(f"{server.url}/list")


def test_a_body_that_drips_is_given_up(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer(b'"' + b"a" * 200 + b'"', drip_s=0.02))
    with pytest.raises(SourceError, match=r"no end after 0.2 s, 2 attempts"):
        fetcher(sleeps, reply_s=0.2, attempts=2).get(f"{server.url}/list")


def test_a_server_that_is_not_there_is_an_error_of_the_source(server: SourceServer, sleeps: Sleeps) -> None:
    with pytest.raises(SourceError, match="ConnectError"):
        fetcher(sleeps, attempts=1).get("http://127.0.0.1:9/list")


def test_what_is_unchanged_is_not_sent_again_and_the_next_page_is_remembered(
    server: SourceServer, sleeps: Sleeps
) -> None:
    link = {"Link": '</list?cursor=b>; rel="next", </list?page=9>; rel="last"'}
    server.say("/list", Answer([1], etag='W/"x"', headers=link))
    first = fetcher(sleeps).get(f"{server.url}/list")
    assert (first.next_url, first.last_url) == (f"{server.url}/list?cursor=b", f"{server.url}/list?page=9")
    known = {item.url: item for item in first.validators}
    assert known == {first.url: Validator(first.url, 'W/"x"', first.next_url)}
    again = Fetcher(validators=known, sleep=sleeps).get(f"{server.url}/list")
    assert (again.is_unchanged, again.content, again.next_url) == (True, None, first.next_url)
    assert again.validators == ()


def test_redirects_stay_on_the_host(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/old", Answer(status=301, headers={"Location": "/new"}))
    server.say("/new", GOOD)
    server.say("/away", Answer(status=302, headers={"Location": "http://169.254.169.254/secrets"}))
    server.say("/round", Answer(status=302, headers={"Location": "/round"}))
    reader = fetcher(sleeps)
    assert reader.get(f"{server.url}/old").content == {"fine": True}
    with pytest.raises(SourceError, match="another host"):
        reader.get(f"{server.url}/away")
    with pytest.raises(SourceError, match="more than 5 redirects"):
        reader.get(f"{server.url}/round")


def test_the_next_page_stays_on_the_host(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", Answer([], headers={"Link": '<http://10.0.0.1/x>; rel="next"'}))
    with pytest.raises(SourceError, match="another host"):
        fetcher(sleeps).get(f"{server.url}/list")


def test_the_budget_ends_a_run(server: SourceServer, sleeps: Sleeps) -> None:
    server.say("/list", GOOD)
    reader = fetcher(sleeps, max_requests=2)
    reader.get(f"{server.url}/list")
    reader.get(f"{server.url}/list")
    with pytest.raises(PauseError, match="2 requests"):
        reader.get(f"{server.url}/list")
    with pytest.raises(PauseError, match="0 s"):
        fetcher(sleeps, run_s=0).get(f"{server.url}/list")


def test_the_token_is_sent(server: SourceServer) -> None:
    def check(asked: Asked) -> Answer:
        return Answer(status=200 if asked.headers.get("Authorization") == "Bearer t" else 401, body=[])

    server.route("/list", check)
    assert Fetcher(token="t").get(f"{server.url}/list").content == []  # noqa: S106 - a test's token
    with pytest.raises(SourceError, match="HTTP 401"):
        Fetcher().get(f"{server.url}/list")


def test_what_is_not_there_is_an_answer(server: SourceServer, sleeps: Sleeps) -> None:
    assert fetcher(sleeps).get(f"{server.url}/nothing").is_absent
