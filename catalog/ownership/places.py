"""Where the owner of an artifact can write, judged from what the catalogue already knows about it.

A claimant never names the place: it comes from the artifact's own facts and links, so that a page of one's
own proves nothing about somebody else's artifact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

# Hosts where many people write: having a page there does not make the host one's own.
SHARED_HOSTS: Final = frozenset(
    """
    github.com huggingface.co gitlab.com bitbucket.org pypi.org arxiv.org openreview.net civitai.com
    replicate.com medium.com notion.site google.com youtube.com x.com twitter.com discord.gg reddit.com
    modelscope.cn kaggle.com npmjs.com docker.com readthedocs.io wikipedia.org openrouter.ai
    """.split()  # noqa: SIM905
)
FILE: Final = ".unfragile-claim"
WELL_KNOWN: Final = "/.well-known/unfragile-claim.txt"
MANIFEST: Final = "unfragile.yaml"
LONGEST_ADDRESS: Final = 200
TXT_PREFIX: Final = "unfragile-claim="


class Method(StrEnum):
    """How the token is shown."""

    DNS = "dns"
    WELL_KNOWN = "well-known"
    REPOSITORY = "repository"
    HUB = "hub"
    GITHUB_ADMIN = "github-admin"
    HUB_ADMIN = "hub-admin"


# Proved by what an account administers: nothing is published, so there is nothing to look for in public.
BY_ACCOUNT: Final = frozenset({Method.GITHUB_ADMIN, Method.HUB_ADMIN})


@dataclass(frozen=True)
class Place:
    """One way to prove an artifact: where it is looked for, and what to do in words."""

    method: Method
    where: str
    instruction: str

    def __str__(self) -> str:
        return f"{self.method}: {self.where}"


def places_of(*, homepage: str, github_repo: str, hub_id: str) -> tuple[Place, ...]:
    """Return the ways in which an artifact can be proved; none where it has no place of its own.

    >>> [str(place) for place in places_of(homepage="https://www.acme.ai/x", github_repo="", hub_id="")]
    ['dns: acme.ai', 'well-known: https://www.acme.ai/.well-known/unfragile-claim.txt']
    >>> places_of(homepage="https://github.com/acme", github_repo="", hub_id="")
    ()
    """
    return (*_of_domain(homepage), *_of_repository(github_repo), *_of_hub(hub_id))


def manifest_places(*, homepage: str, github_repo: str, hub_id: str) -> tuple[str, ...]:
    """Return the addresses where an artifact's maker may put its manifest.

    >>> manifest_places(homepage="https://github.com/acme", github_repo="acme/studio", hub_id="")
    ('https://raw.githubusercontent.com/acme/studio/HEAD/unfragile.yaml',)
    """
    found = []
    if github_repo:
        found.append(f"https://raw.githubusercontent.com/{github_repo}/HEAD/{MANIFEST}")
    if hub_id:
        found.append(f"https://huggingface.co/{hub_id}/raw/main/{MANIFEST}")
    if _of_domain(homepage):
        found.append(f"https://{_host(homepage)}/.well-known/{MANIFEST}")
    return tuple(address for address in found if len(address) <= LONGEST_ADDRESS)


def find_place(places: Iterable[Place], method: str) -> Place | None:
    """Return the place of a method, None where the artifact has none."""
    return next((place for place in places if place.method == method), None)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _of_domain(homepage: str) -> tuple[Place, ...]:
    host = _host(homepage)
    domain = host.removeprefix("www.")
    if not domain or any(domain == shared or domain.endswith(f".{shared}") for shared in SHARED_HOSTS):
        return ()
    return (
        Place(Method.DNS, domain, f"Add a TXT record to {domain} that is exactly:"),
        Place(
            Method.WELL_KNOWN,
            f"https://{host}{WELL_KNOWN}",
            f"Put a text file at https://{host}{WELL_KNOWN} that contains:",
        ),
    )


def _of_repository(repository: str) -> tuple[Place, ...]:
    if not repository:
        return ()
    url = f"https://raw.githubusercontent.com/{repository}/HEAD/{FILE}"
    return (
        Place(
            Method.REPOSITORY,
            url,
            f"Commit a file named {FILE} to the default branch of {repository} that contains:",
        ),
        Place(
            Method.GITHUB_ADMIN,
            repository,
            f"Sign in with a GitHub account that administers {repository}. Nothing is to be published.",
        ),
    )


def _of_hub(hub_id: str) -> tuple[Place, ...]:
    if not hub_id:
        return ()
    url = f"https://huggingface.co/{hub_id}/raw/main/{FILE}"
    owner = hub_id.partition("/")[0]
    return (
        Place(Method.HUB, url, f"Commit a file named {FILE} to {hub_id} on Hugging Face that contains:"),
        Place(
            Method.HUB_ADMIN,
            hub_id,
            f"Sign in with a Hugging Face account that is {owner} or administers it, and let us see that "
            "organisation. Nothing is to be published.",
        ),
    )
