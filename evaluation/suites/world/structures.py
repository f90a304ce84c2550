"""The patterns of the adherence suite: which atoms a prompt has, written as a short code.

Things are joined by ``+`` and each is ``o`` (object) with any of ``n`` (number), ``s`` (size), ``c``
(colour), ``p`` (pattern), ``m`` (material) and ``a`` (action). Behind them stand ``r2`` (a relation in
the plane), ``r3`` (one in depth) and ``x`` (something that must be absent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_CODES: Final = {
    1: "o",
    2: "oc om op os on oa o+o o/x oc on",
    3: "ocm onc osc ocp oac oc+o o+o/r2 o+o/r3 on/x onm",
    4: "oncm oscm oc+oc on+on o+o+o/x oc+o/r2 os+o/r3 oca+o ocp/x on+o/r2",
    5: "oc+oc/r2 on+oc/r2 om+oc/r3 oncms oc+oc/x on+om/x oca+oc op+oc/r3 oa+oc+o os+on/r2",
    6: "ocm+oc/r2 onc+oc/r2 ocs+oc+o oca+oc/r3 ocp+om/r3 oc+oc/r2/x on+on+on ons+oc/x ocm+ocm oa+oc+o/r2",
    7: "ocm+ocm/r2 onc+onc/r2 ocs+oc+o/r3 onc+oc/x/r2 ocms+oc/r3 oca+oc+o/r2 ocp+ocp/r2 onc+oca/r3 "
    "oc+om+on/x onm+ocp/x",
    8: "oncm+ocm/r2 ocm+ocm/r3/x onc+oca+oc oc+oc+oc/r2/r3 oca+onc/r3/x ocs+oc+oc/r2 ocp+ocm+oc "
    "onc+ocs+o/r2 ocm+oc+oc/x onm+ocp/r2/x",
    9: "oncm+onc/r2/x ocm+ocm+oc/r2 onc+onc+oc/r3 oca+onc+oc/r2 ocm+ocp+oc/x oncs+ocm/r3/x "
    "ocm+oc+oc/r2/r3 onc+ocp+oca onc+oc+oc/r2/x ocp+onc+oc/r3",
    10: "oncm+ocm+oc/r2 onc+oca+onc/r2 ocm+ocm+ocm/r3 oncm+oncm/r2/x oca+onc+oc/r2/x onc+ocm+oc/r2/r3 "
    "ocp+ocm+ocs/r3 onc+onc+oc/r2/x oncs+ocm+oc/x ocm+ocp+onc/x",
}
MOST_ATOMS: Final = max(_CODES)


@dataclass(frozen=True)
class Structure:
    """Which atoms the things have, and what is asked of the scene besides."""

    code: str
    things: tuple[str, ...]
    relations: tuple[str, ...]
    has_absence: bool

    @property
    def n_atoms(self) -> int:
        """How many atoms a prompt of this structure has.

        >>> structure("onc+oc/r2/x").n_atoms
        7
        """
        return sum(map(len, self.things)) + len(self.relations) + self.has_absence


def structure(code: str) -> Structure:
    """Read a structure's code."""
    things, *rest = code.split("/")
    return Structure(code, tuple(things.split("+")), tuple(part for part in rest if part != "x"), "x" in rest)


def structures(n_atoms: int) -> list[Structure]:
    """Return the structures with this many atoms, 1 to 10."""
    return [structure(code) for code in _CODES[n_atoms].split()]
