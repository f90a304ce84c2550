"""``python -m tests.hostile``: how many hostile cases are tried by class, counted from the threat model's tests."""

import re
from collections import Counter
from pathlib import Path

import pytest

THREATS = Path(__file__).resolve().parent.parent / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


def classes(text: str) -> dict[str, list[str]]:
    """Return the tests of each class of attack, from the table of classes.

    >>> classes("## By class\\n| a | `tests/x.py::test_y` | 2 |\\n## Next")
    {'a': ['tests/x.py::test_y']}
    """
    table = text.partition("## By class\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if NAMED.search(line)]
    return {row[1].strip(): NAMED.findall(row[2]) for row in rows}


class _Collected:
    """What pytest found, without running it: cases by test."""

    def __init__(self) -> None:
        self.cases: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count each test's cases."""
        self.cases.update(item.nodeid.partition("[")[0] for item in session.items)


def main() -> None:
    """Collect the named tests and print the number of cases of each class."""
    by_class, found = classes(THREATS.read_text(encoding="utf-8")), _Collected()
    named = sorted({test for tests in by_class.values() for test in tests})
    pytest.main(["--collect-only", "-qq", "--no-header", *named], plugins=[found])
    for name, tests in by_class.items():
        print(f"{name}: {sum(found.cases[test] for test in tests)} cases in {len(tests)} tests")


if __name__ == "__main__":
    main()
