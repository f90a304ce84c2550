"""What was measured, as the tables that ``benchmarks/README.md`` holds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.load.traffic import MIX, Answer


@dataclass(frozen=True)
class Fault:
    """Something that was broken: from when to when, in the run's seconds, and what came of it."""

    name: str
    began: float
    mended: float
    n_made_before: int
    n_made_after: int


def calm_table(answers: Sequence[Answer], *, seconds: float) -> Iterator[str]:
    """Yield throughput and times of each kind of request."""
    yield "| requests | a second | p50 | p99 | largest | 5xx or none |"
    yield "|---|---|---|---|---|---|"
    for kind in (*MIX, "all"):
        of_kind = [answer for answer in answers if kind in (answer.kind, "all")]
        if not of_kind:
            continue
        times = np.array([answer.seconds for answer in of_kind]) * 1_000
        middle, late = np.percentile(times, [50, 99])
        failed = sum(answer.is_failure for answer in of_kind)
        yield (
            f"| {kind} | {len(of_kind) / seconds:.1f} | {middle:,.0f} ms | {late:,.0f} ms "
            f"| {times.max():,.0f} ms | {failed} of {len(of_kind):,} |"
        )


def failures(answers: Sequence[Answer]) -> Iterator[str]:
    """Yield each failure that is no 503: there should be none at any time."""
    for answer in answers:
        if answer.is_failure and answer.status != 503:
            yield f"at {answer.at:.1f} s after {answer.seconds:.1f} s: {answer.status} {answer.path}"


def refusals(answers: Sequence[Answer]) -> str:
    """Return which answers were neither good nor failures, such as limits, by status."""
    counted = Counter(answer.status for answer in answers if 400 <= answer.status < 500)
    return ", ".join(f"{n} × {status}" for status, n in sorted(counted.items())) or "none"


def memory_table(samples: Mapping[str, Sequence[tuple[float, float]]]) -> Iterator[str]:
    """Yield what each kind of process held, in MB, over the calm part: its first, middle and last fifth."""
    yield "| memory, MB | first fifth | middle | last fifth | most |"
    yield "|---|---|---|---|---|"
    for name, series in samples.items():
        values = np.array([held for _, held in series])
        parts = [float(np.median(part)) for part in np.array_split(values, 5) if len(part)]
        middle = parts[len(parts) // 2]
        yield f"| {name} | {parts[0]:,.0f} | {middle:,.0f} | {parts[-1]:,.0f} | {values.max():,.0f} |"


def fault_table(faults: Sequence[Fault], answers: Sequence[Answer]) -> Iterator[str]:
    """Yield for each fault what users saw from its beginning to the next one's, and for how long."""
    yield (
        "| broken | for | answered as ever | kept page | 503 with a time | other 5xx | no answer "
        "| last failure after | pictures meanwhile |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    ends = [fault.began for fault in faults[1:]] + [float("inf")]
    for fault, end in zip(faults, ends, strict=True):
        seen = [answer for answer in answers if fault.began <= answer.at < end]
        failures = [answer.at + answer.seconds - fault.began for answer in seen if answer.is_failure]
        cells = (
            sum(not answer.is_failure and not answer.is_late for answer in seen),
            sum(answer.is_late for answer in seen),
            sum(answer.status == 503 for answer in seen),
            sum(answer.status > 503 or 500 <= answer.status < 503 for answer in seen),
            sum(answer.status == 0 for answer in seen),
        )
        lasted = f"{max(failures):.1f} s" if failures else "none"
        counts = " | ".join(str(cell) for cell in cells)
        made = fault.n_made_after - fault.n_made_before
        yield f"| {fault.name} | {fault.mended - fault.began:.1f} s | {counts} | {lasted} | {made} |"
