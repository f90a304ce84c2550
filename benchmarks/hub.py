"""A stand-in for the Hugging Face Hub on this machine, with as many models as a measurement wants.

Real ids, counts and tags come from ``CATALOGUE_DATA_DIR`` where it is at hand; the rest is made up with
a fixed seed, in sizes that real records have.
"""

import hashlib
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CATALOGUE_DATA_DIR", CHECKOUT.parent / "shared" / "data"))
PUBLISHERS = 1_500
# As many files as a pipeline has.
FOLDERS = ("scheduler", "text_encoder", "tokenizer", "transformer", "vae")
FILES = ("config.json", "model.safetensors", "vocab.json", "README.md")
LICENCES = ("apache-2.0", "mit", "openrail++", "other", "cc-by-nc-4.0")


def models(count: int) -> list[dict[str, Any]]:
    """Return so many models as the Hub lists them, the same ones each time."""
    real = list(_recorded())[:count]
    random_ = random.Random(1)  # noqa: S311 - repeatable, not secret
    return real + [_made_up(number, random_) for number in range(count - len(real))]


def _recorded() -> Iterator[dict[str, Any]]:
    path = DATA_DIR / "scale" / "real_artifacts.jsonl"
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["source"].endswith("-hf") and row["type"] == "model" and "/" in row["name"]:
                yield _listed(
                    row["name"],
                    likes=row["likes"] or 0,
                    downloads=row["downloads"] or 0,
                    tags=[tag for tag in row["tags"] if tag],
                    licence=row["license"],
                    changed=(row["updated"] or "2025-01-01")[:10],
                )


def _made_up(number: int, random_: random.Random) -> dict[str, Any]:
    return _listed(
        f"publisher-{random_.randrange(PUBLISHERS)}/model-{number}",
        likes=int(random_.paretovariate(0.8)),
        downloads=int(random_.paretovariate(0.5)) % 10**8,
        tags=[f"dataset:collection-{random_.randrange(10**6)}" for _ in range(random_.randrange(5, 40))],
        licence=random_.choice(LICENCES),
        changed=f"2026-{random_.randrange(1, 11):02}-{random_.randrange(1, 29):02}",
    )


def _listed(
    id_: str, *, likes: int, downloads: int, tags: list[str], licence: str | None, changed: str
) -> dict[str, Any]:
    return {
        "_id": hashlib.sha256(id_.encode()).hexdigest()[:24],
        "id": id_,
        "author": id_.partition("/")[0],
        "cardData": {"license": licence, "license_name": "own-licence", "tags": tags[:5]},
        "createdAt": "2024-01-01T00:00:00.000Z",
        "lastModified": f"{changed}T00:00:00.000Z",
        "gated": False,
        "private": False,
        "likes": likes,
        "downloads": downloads,
        "library_name": "diffusers",
        "pipeline_tag": "text-to-image",
        "safetensors": {"parameters": {"BF16": 2_000_000_000}, "total": 2_000_000_000},
        "siblings": [{"rfilename": f"{folder}/{name}"} for folder in FOLDERS for name in FILES],
        "sha": hashlib.sha1(id_.encode(), usedforsecurity=False).hexdigest(),
        "tags": tags,
    }


class QuietServer(ThreadingHTTPServer):
    """Takes a client's death for granted."""

    def handle_error(self, *_args: object) -> None:
        """Say nothing: a reading is killed on purpose."""


def serve(count: int) -> None:
    """Answer ``/api/models?author=…`` in pages with ETags until the process ends; print the port first."""
    by_author = defaultdict(list)
    for model in models(count):
        by_author[model["author"].casefold()].append(model)

    class Hub(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Otherwise each small answer waits for the acknowledgement of its header.
        wbufsize = -1

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
            rows = by_author[query["author"][0].casefold()]
            body = json.dumps(rows[start : start + limit]).encode()
            etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
            is_known = self.headers.get("If-None-Match") == etag
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", etag)
            if start + limit < len(rows):
                self.send_header("Link", f'<{self.path}&cursor={start + limit}>; rel="next"')
            self.send_header("Content-Length", "0" if is_known else str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if is_known else body)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = QuietServer(("127.0.0.1", 0), Hub)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
