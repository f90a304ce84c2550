"""ISO weeks and their addresses. Plain Python: no database here."""

import datetime as dt
import re
from dataclasses import dataclass

NAME = re.compile(r"^(\d{4})-w(\d{2})$")


@dataclass(frozen=True, order=True)
class Week:
    """Monday to Sunday, named by ISO 8601."""

    monday: dt.date

    @property
    def name(self) -> str:
        """Return the week as its address writes it.

        >>> Week(dt.date(2026, 11, 16)).name
        '2026-w47'
        """
        year, number, _ = self.monday.isocalendar()
        return f"{year}-w{number:02}"

    @property
    def end(self) -> dt.date:
        """Return the Monday after."""
        return self.monday + dt.timedelta(days=7)

    @property
    def before(self) -> "Week":
        """Return the week before."""
        return Week(self.monday - dt.timedelta(days=7))


def week_of(day: dt.date) -> Week:
    """Return the week that a day lies in.

    >>> week_of(dt.date(2026, 11, 21)).monday
    datetime.date(2026, 11, 16)
    """
    return Week(day - dt.timedelta(days=day.weekday()))


def named_week(name: str) -> Week | None:
    """Return the week of an address; None where there is no such week.

    >>> named_week("2026-w54") is None
    True
    """
    found = NAME.match(name)
    try:
        return Week(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else None
    except ValueError:
        return None
