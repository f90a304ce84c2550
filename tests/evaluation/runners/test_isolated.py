"""A model in a process of its own: the same pictures, no secrets, and nothing that it says is trusted."""

import gc
import io
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.describe import files_digest
from evaluation.runners.isolated import confine, process
from evaluation.runners.isolated.frames import (
    FrameError,
    generated_from_frame,
    generated_to_frame,
    read_frame,
    write_frame,
)
from evaluation.runners.isolated.limits import Limits
from evaluation.runners.isolated.process import ModelProcessError
from evaluation.runners.isolated.session import IsolatedRunner, IsolatedSession
from evaluation.runners.registry import confined_runner, load_runner
from evaluation.suites.spec import PromptSpec

TINY = Path("data/models/tiny-a").resolve()
# A database takes no character 0, and UTF-8 no half of a pair.
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
HIDES = "HIDES"
CHILD = """
HIDES
import subprocess
done = subprocess.run([sys.executable, "-c", sys.argv[1]], capture_output=True, text=True, env={})
print(done.stdout, done.stderr)
"""
PROMPTS = [PromptSeed(n, text, n, PromptSpec()) for n, text in ((1, "a red circle"), (2, "a hand"))]


def recipe(location: str, revision: str = "") -> RecipeSpec:
    return RecipeSpec(
        runner="diffusers", location=location, revision=revision, steps=2, guidance=2.0, width=64, height=64
    )


@pytest.fixture
def bad_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_HOST", "tests.evaluation.runners.bad_host")


def pixels(results: Iterator[Generated]) -> list[bytes]:
    return [result.image.tobytes() if result.image else result.reason.encode() for result in results]


def pid_of(session: IsolatedSession) -> int:
    return session._process._popen.pid


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_pictures_are_those_of_the_worker_and_the_process_knows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    monkeypatch.setenv("HF_TOKEN", "hidden")
    of_tiny = recipe(str(TINY), files_digest(TINY))
    session = IsolatedRunner(Limits()).load(of_tiny)
    kept = Path(f"/proc/{pid_of(session)}/environ").read_bytes()
    assert b"hidden" not in kept
    assert b"DATABASE_URL" not in kept
    if session.environment()["network"] == "none":
        own, theirs = (Path(f"/proc/{who}/ns/net").readlink() for who in ("self", pid_of(session)))
        assert own != theirs
    assert pixels(session.generate(PROMPTS)) == pixels(
        load_runner("diffusers").load(of_tiny).generate(PROMPTS)
    )


@pytest.mark.usefixtures("bad_host")
@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("too-long", "is too long"),
        ("no-json", "is no JSON"),
        ("cut-off", "cut off"),
        ("short-picture", "5 bytes are no picture of 2 x 2"),
        ("huge-picture", "a picture of 1000000 x 1000000"),
        ("other-sample", "999, which was not asked for"),
        ("twice", "1, which was not asked for"),
        ("stops-early", "2 results missing"),
        ("wrong-type", "does not hold"),
        ("no-number", "nan is out of range"),
        ("endless", "inf is out of range"),
        ("costly", "NaN is out of range|nan is out of range"),
        ("nul", "cannot be stored"),
        ("half-a-pair", "surrogates not allowed"),
        ("wide", "a picture of 200000 x 1"),
        ("closes-its-mouth", "signal 9"),
        ("killed", "signal 9"),
    ],
)
def test_what_a_process_must_not_do_ends_it_with_a_clear_error(behaviour: str, words: str) -> None:
    session = IsolatedRunner(Limits()).load(recipe(behaviour))
    with pytest.raises(ModelProcessError, match=words):
        list(session.generate(PROMPTS))
    assert not session._process.is_alive


@pytest.mark.usefixtures("bad_host")
@pytest.mark.parametrize(
    ("behaviour", "limits", "words"),
    [
        ("silent", Limits(result_s=0.6), "no answer within 1 s"),
        ("stalls", Limits(result_s=0.6), "no answer within 1 s"),
        ("greedy", Limits(memory_gb=0.2), "more than the 0.2 it may"),
        ("greedy-child", Limits(memory_gb=0.2), "more than the 0.2 it may"),
    ],
)
def test_a_process_that_takes_too_much_is_ended(behaviour: str, limits: Limits, words: str) -> None:
    session = IsolatedRunner(limits).load(recipe(behaviour))
    with pytest.raises(ModelProcessError, match=words):
        list(session.generate(PROMPTS))
    assert not session._process.is_alive


@pytest.mark.usefixtures("bad_host")
def test_a_process_that_does_not_listen_is_ended() -> None:
    session = IsolatedRunner(Limits(result_s=0.6)).load(recipe("deaf"))
    long_ones = [PromptSeed(n, "word " * 2_000, n, PromptSpec()) for n in range(16)]
    with pytest.raises(ModelProcessError, match="read nothing within 1 s"):
        list(session.generate(long_ones))
    assert not session._process.is_alive


@pytest.mark.usefixtures("bad_host")
def test_pictures_that_nobody_waits_for_any_more_are_let_go() -> None:
    before = {thread.ident for thread in threading.enumerate()}
    session = IsolatedRunner(Limits()).load(recipe("good"))
    results = session.generate([PromptSeed(n, "a house", n, PromptSpec()) for n in range(12)])
    next(iter(results))
    results.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while any(t.ident not in before for t in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [t.name for t in threading.enumerate() if t.ident not in before] == []


def test_another_process_of_the_same_user_cannot_read_the_workers_secrets() -> None:
    reads = "import os; print(open(f'/proc/{os.getppid()}/environ').read())"
    # Its source and not its name: an ordinary user may not see the folder that root's tests run in.
    worker = Path(confine.__file__).read_text(encoding="utf-8") + CHILD
    # Root may read everything; an ordinary user is who must not.
    is_root = os.getuid() == 0
    python = shutil.which("python3", path="/usr/bin") if is_root else sys.executable
    if python is None:
        pytest.skip("no Python that an ordinary user may start")

    def read_by_a_child(hide: str) -> str:
        arguments = [python, "-c", worker.replace(HIDES, hide), reads]
        done = subprocess.run(
            arguments,
            env={"SECRET_KEY": "hidden"},
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            user=65534 if is_root else None,
            group=65534 if is_root else None,
            extra_groups=[] if is_root else None,
        )
        return done.stdout

    assert "hidden" in read_by_a_child("pass")
    assert "PermissionError" in read_by_a_child("hide_this_process()")


@pytest.mark.usefixtures("bad_host")
def test_after_a_death_the_next_use_starts_another() -> None:
    session = IsolatedRunner(Limits()).load(recipe("good"))
    first = pid_of(session)
    assert len(list(session.generate(PROMPTS))) == 2
    os.kill(first, 9)
    session._process._popen.wait()
    assert len(list(session.generate(PROMPTS))) == 2
    assert pid_of(session) != first


@pytest.mark.usefixtures("bad_host")
def test_what_is_left_of_a_chunk_is_not_taken_for_the_next_ones() -> None:
    session = IsolatedRunner(Limits()).load(recipe("good"))
    results = session.generate(PROMPTS)
    next(iter(results))
    results.close()  # type: ignore[attr-defined]
    other = [PromptSeed(7, "a house", 7, PromptSpec())]
    assert [result.sample_id for result in session.generate(other)] == [7]


@pytest.mark.usefixtures("bad_host")
def test_a_session_that_is_dropped_takes_its_process_with_it() -> None:
    session = IsolatedRunner(Limits()).load(recipe("good"))
    popen = session._process._popen
    del session
    gc.collect()
    assert popen.wait(timeout=10) == -9


@pytest.mark.usefixtures("bad_host")
def test_refusals_and_an_open_network_are_the_recipes_error(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="it is pickled"):
        IsolatedSession(recipe("refuses"), Limits())
    place = tmp_path / "network-open"
    place.mkdir()
    with pytest.raises(RecipeError, match="cannot be kept from the network"):
        IsolatedSession(recipe(str(place)), Limits(requires_no_network=True))
    # Refused before a single weight was read.
    assert not (place / "loaded").exists()
    IsolatedSession(recipe(str(place)), Limits())
    assert (place / "loaded").exists()


@pytest.mark.usefixtures("bad_host")
def test_weights_have_no_say_in_what_is_recorded_of_their_confinement() -> None:
    environment = IsolatedSession(recipe("good"), Limits()).environment()
    assert environment == {"network": "none", "gpu": "a?b"}


def test_models_are_confined_where_the_site_says_so(settings: pytest.FixtureRequest) -> None:
    settings.EVALUATION_MODEL_PROCESS = True  # type: ignore[attr-defined]
    settings.EVALUATION_MODEL_MEMORY_GB = 3.5  # type: ignore[attr-defined]
    confined = confined_runner("diffusers")
    assert isinstance(confined, IsolatedRunner)
    assert confined.limits.memory_gb == 3.5
    # A service is asked from the worker, which holds its key.
    assert not isinstance(confined_runner("painter"), IsolatedRunner)
    settings.EVALUATION_MODEL_PROCESS = False  # type: ignore[attr-defined]
    assert not isinstance(confined_runner("painter"), IsolatedRunner)


@given(
    mode=st.sampled_from(["L", "RGB", "RGBA"]),
    width=st.integers(1, 9),
    height=st.integers(1, 9),
    reason=WORDS,
    flags=st.lists(WORDS, max_size=3),
)
def test_a_result_comes_back_as_it_was(
    mode: str, width: int, height: int, reason: str, flags: list[str]
) -> None:
    sent = Generated(
        5,
        Image.new(mode, (width, height), 7),
        Outcome.FILTERED,
        reason,
        flags=tuple(flags),
        timings_s={"a": 0.5},
    )
    stream = io.BytesIO()
    write_frame(stream, *generated_to_frame(sent))
    stream.seek(0)
    found = read_frame(stream)
    assert found is not None
    back = generated_from_frame(*found)
    assert back.image is not None
    assert sent.image is not None
    assert (back.image.mode, back.image.tobytes()) == (mode, sent.image.tobytes())
    assert (back.reason, back.flags, back.outcome, back.timings_s) == (
        reason,
        tuple(flags),
        Outcome.FILTERED,
        {"a": 0.5},
    )


@given(st.binary(max_size=60))
def test_bytes_that_are_no_message_are_refused_or_are_the_end(content: bytes) -> None:
    try:
        found = read_frame(io.BytesIO(content))
    except FrameError:
        return
    assert found is None or isinstance(found[0], dict)
