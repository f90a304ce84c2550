"""Licences as sources abbreviate them, brought to one identifier. Plain Python: no database here.

The two answers (may outputs, may weights be used commercially) are given only where the licence's text
settles them for everybody; a licence that is not listed here is kept as declared and waits for a person.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from catalog.vocabulary import Permission


class ClauseSubject(StrEnum):
    """Which of the two questions a clause answers: of the pictures, or of weights and program."""

    OUTPUTS = "outputs"
    WORK = "work"


@dataclass(frozen=True)
class LicenceClause:
    """A sentence of a licence as it stands there. ``via`` says what it was read in, if not the document."""

    about: ClauseSubject
    quotation: str
    document: str
    section: str
    url: str
    via: str
    read_on: dt.date

    @property
    def place(self) -> str:
        """Return document and section, and what was opened, in words."""
        read_in = f", read in {self.via}" if self.via else ""
        return f"{self.document}, {self.section}{read_in}"


@dataclass(frozen=True)
class Licence:
    """One licence and what it says about commercial use."""

    id: str
    name: str
    commercial: Permission = Permission.YES


KNOWN = {
    "apache-2.0": Licence("Apache-2.0", "Apache License 2.0"),
    "mit": Licence("MIT", "MIT License"),
    "bsd-2-clause": Licence("BSD-2-Clause", 'BSD 2-Clause "Simplified" License'),
    "bsd-3-clause": Licence("BSD-3-Clause", 'BSD 3-Clause "New" or "Revised" License'),
    "isc": Licence("ISC", "ISC License"),
    "mpl-2.0": Licence("MPL-2.0", "Mozilla Public License 2.0"),
    "gpl-3.0": Licence("GPL-3.0", "GNU General Public License v3.0"),
    "agpl-3.0": Licence("AGPL-3.0", "GNU Affero General Public License v3.0"),
    "lgpl-3.0": Licence("LGPL-3.0", "GNU Lesser General Public License v3.0"),
    "unlicense": Licence("Unlicense", "The Unlicense"),
    "cc0-1.0": Licence("CC0-1.0", "Creative Commons Zero v1.0 Universal"),
    "cc-by-4.0": Licence("CC-BY-4.0", "Creative Commons Attribution 4.0"),
    "cc-by-sa-4.0": Licence("CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0"),
    "cc-by-nc-4.0": Licence("CC-BY-NC-4.0", "Creative Commons Attribution Non Commercial 4.0", Permission.NO),
    "cc-by-nc-sa-4.0": Licence(
        "CC-BY-NC-SA-4.0", "Creative Commons Attribution Non Commercial Share Alike 4.0", Permission.NO
    ),
    "creativeml-openrail-m": Licence("LicenseRef-CreativeML-OpenRAIL-M", "CreativeML Open RAIL-M"),
    "openrail++": Licence("LicenseRef-CreativeML-OpenRAIL-PlusPlus-M", "CreativeML Open RAIL++-M"),
}
# SPDX split these identifiers in two; pages and most sources still write the short one.
SUFFIXES = ("-only", "-or-later")


def known_licence(abbreviation: str) -> Licence | None:
    """Return the licence that an abbreviation stands for, or None where we do not know it.

    >>> known_licence("GPL-3.0-only").id
    'GPL-3.0'
    """
    key = abbreviation.strip().casefold()
    for suffix in SUFFIXES:
        key = key.removesuffix(suffix)
    return KNOWN.get(key)


def licence_value(licence: Licence, *, has_weights: bool) -> dict[str, str]:
    """Return a licence as the value of a ``licence`` fact."""
    answers = {"outputs_commercial": licence.commercial.value}
    if has_weights:
        answers["weights_commercial"] = licence.commercial.value
    return {"id": licence.id, "name": licence.name, **answers}


def declared_value(name: str, *, url: str = "") -> dict[str, str]:
    """Return the value of a ``licence_declared`` fact: a name that somebody wrote, and no answers."""
    slug = "-".join("".join(c if c.isalnum() or c in ".-" else " " for c in name).split())
    value = {"id": f"LicenseRef-{slug}"[:80], "name": name[:160]}
    return {**value, "url": url} if url.startswith("https://") and len(url) <= 200 else value
