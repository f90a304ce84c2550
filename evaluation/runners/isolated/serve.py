"""What the process with a model does once it is confined: it loads, and draws what the worker asks for.

It reads messages from its standard input and answers on its standard output; what libraries print goes to
the standard error. It ends with its worker: when nobody is left to read from, it leaves at once.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import IO, Any

from evaluation.runners.base import RecipeError, RecipeSpec, Session
from evaluation.runners.isolated.frames import (
    generated_to_frame,
    prompt_from_json,
    read_frame,
    write_frame,
)
from evaluation.suites.spec import PromptSpec


def serve(*, confinement: dict[str, str], only_fetch: bool) -> None:
    """Do what the worker asks until it goes.

    Args:
        confinement: what of network and files this process reaches: said before any weights are read, because
            what is said after may be theirs.
        only_fetch: fetch the weights and end; no model is run.
    """
    answers = _own_stdout()
    write_frame(answers, {"kind": "confined", "confinement": confinement})
    asked = _asked(sys.stdin.buffer)
    recipe = RecipeSpec(**next(asked)["recipe"])
    try:
        if only_fetch:
            _fetch(recipe)
            write_frame(answers, {"kind": "fetched"})
            return
        session = _load(recipe)
    except RecipeError as error:
        write_frame(answers, {"kind": "refused", "reason": str(error)})
        return
    write_frame(answers, {"kind": "loaded", "environment": session.environment()})
    for message in asked:
        _generate(session, message["prompts"], answers)


def _own_stdout() -> IO[bytes]:
    """Keep the standard output to ourselves and send what anybody prints to the standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _asked(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the worker's messages; once it has gone this process ends, whatever it is at."""
    waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def listen() -> None:
        while (found := read_frame(stream)) is not None:
            waiting.put(found[0])
        os._exit(0)

    threading.Thread(target=listen, name="worker", daemon=True).start()
    while True:
        yield waiting.get()


def _load(recipe: RecipeSpec) -> Session:
    from evaluation.runners.registry import load_runner  # noqa: PLC0415 - once confined

    return load_runner(recipe.runner).load(recipe)


def _fetch(recipe: RecipeSpec) -> None:
    from evaluation.runners.pipelines import fetch  # noqa: PLC0415 - torch comes with it

    fetch(recipe)


def _generate(session: Session, prompts: list[dict[str, Any]], answers: IO[bytes]) -> None:
    asked = [prompt_from_json(raw, spec=PromptSpec()) for raw in prompts]
    for result in session.generate(asked):
        write_frame(answers, *_framed(result))
    write_frame(answers, {"kind": "done"})


def _framed(result: Any) -> tuple[dict[str, Any], bytes]:
    content, blob = generated_to_frame(result)
    return {"kind": "result", **content}, blob
