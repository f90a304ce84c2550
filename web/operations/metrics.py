"""Prometheus metrics: requests from every web process, and the site's state at the time of asking."""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from web.operations.state import SiteState, site_state

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition() -> bytes:
    """Return all metrics as text.

    With ``PROMETHEUS_MULTIPROC_DIR`` set, as ``gunicorn.conf.py`` does, the counts of all web processes
    are added up; else those of this process are given.
    """
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        requests = generate_latest(registry)
    else:
        requests = generate_latest(REGISTRY)
    state = CollectorRegistry()
    state.register(StateCollector(site_state()))
    return requests + generate_latest(state)


class StateCollector(Collector):
    """The site's state as gauges; what is unknown is absent, never 0."""

    def __init__(self, state: SiteState) -> None:
        self.state = state

    def collect(self) -> Iterable[Metric]:
        """Yield one family per question."""
        state = self.state
        yield _gauge("broker_up", "Whether the broker answers.", float(state.queues is not None))
        yield from _by_label("queue_messages", "Messages waiting.", "queue", state.queues or {})
        yield from _by_label("samples", "Samples of all runs.", "status", state.samples)
        yield from _by_label("ingest_age_seconds", "Since the last good reading.", "source", state.ingest_s)
        yield _ingests(state.ingests)
        yield _gauge("database_connections", "Connections open.", state.connections)
        yield _gauge("database_connections_most", "Connections that may be open.", state.connections_most)
        if state.stalled_s is not None:
            yield _gauge("queue_age_seconds", "Since a picture of an open run ended.", state.stalled_s)
        if state.waiting_s is not None:
            yield _gauge("oldest_run_age_seconds", "Age of the oldest open run.", state.waiting_s)
        if state.snapshot_s is not None:
            yield _gauge("rank_age_seconds", "Age of the published rank.", state.snapshot_s)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"unfragile_{name}", text, value=value)


def _ingests(counts: dict[tuple[str, str], int]) -> Metric:
    family = GaugeMetricFamily(
        "unfragile_ingest_runs", "Readings that are on record.", labels=["source", "state"]
    )
    for labels, count in sorted(counts.items()):
        family.add_metric(labels, count)
    return family


def _by_label(
    name: str, text: str, label: str, values: dict[str, int] | dict[str, float]
) -> Iterator[Metric]:
    family = GaugeMetricFamily(f"unfragile_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    yield family
