"""The scorers pass their gates, on real readers."""

import pytest

from evaluation.sanity.adherence import check_adherence
from evaluation.sanity.anatomy import check_anatomy
from evaluation.sanity.base import SanitySuite
from evaluation.sanity.intervals import check_intervals
from evaluation.sanity.text import check_text


@pytest.mark.slow
@pytest.mark.parametrize("suite", [check_text, check_adherence, check_anatomy, check_intervals])
def test_scorers_pass_their_gates(suite: SanitySuite) -> None:
    missed = [
        f"{check.measure}: {check.value:.3f} ({check.gate})" for check in suite(scale=1) if not check.passed
    ]
    assert missed == []
