"""Looks for a claim's token in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.resolver

from catalog.ownership.guarded import RefusedAddressError, fetch_text
from catalog.ownership.places import TXT_PREFIX, Method, Place

DNS_PATIENCE_S: Final = 5.0


@dataclass(frozen=True)
class Proof:
    """Whether the token was found; ``said`` tells the claimant what was seen."""

    is_given: bool
    said: str


TxtReader = Callable[[str], list[str]]
TextReader = Callable[[str], tuple[int, str]]


def txt_records(domain: str, *, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """Return the TXT records of a domain; none where there is no such name or no answer.

    ``resolver`` is the machine's own where none is given.
    """
    try:
        answer = (resolver or dns.resolver.get_default_resolver()).resolve(
            domain, "TXT", lifetime=DNS_PATIENCE_S
        )
    except (dns.exception.DNSException, UnicodeError):
        return []
    return [b"".join(record.strings).decode("utf-8", errors="replace") for record in answer]


def text_at(url: str) -> tuple[int, str]:
    """Return status and text at an address; raises RefusedAddressError."""
    document = fetch_text(url)
    return document.status, document.text


def look_for(
    token: str, place: Place, *, read_txt: TxtReader = txt_records, read_text: TextReader = text_at
) -> Proof:
    """Look once. The token must stand alone on a line, so that a page that quotes it proves nothing."""
    wanted = line_of(token)
    if place.method == Method.DNS:
        records = read_txt(place.where)
        if wanted in (record.strip() for record in records):
            return Proof(is_given=True, said=f"Found in the TXT records of {place.where}.")
        return Proof(is_given=False, said=f"{place.where} has {len(records)} TXT records; none is the token.")
    try:
        status, text = read_text(place.where)
    except RefusedAddressError as error:
        return Proof(is_given=False, said=f"Not readable: {error}.")
    if status != 200:
        return Proof(is_given=False, said=f"{place.where} answers with HTTP {status}.")
    if wanted in (line.strip() for line in text.splitlines()):
        return Proof(is_given=True, said=f"Found at {place.where}.")
    return Proof(is_given=False, said=f"{place.where} is there, but no line of it is the token.")


def line_of(token: str) -> str:
    """Return the line that the owner publishes."""
    return f"{TXT_PREFIX}{token}"
