"""What `deploy/` promises fits the program: settings, queues, metrics."""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from gunicorn.config import Config

from config.broker import QUEUES
from tests.deploy.described import CHECKOUT, DEPLOY, containers, manifests, services
from web.middleware import REQUEST_SECONDS
from web.operations.metrics import StateCollector
from web.operations.state import SiteState

# Read by other programs than ours: the database's image, boto3, the hub's library, KEDA.
FOREIGN = {"POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_USER", "HF_HUB_OFFLINE", "HF_HOME"}
FOREIGN |= {"BROKER_ADDRESS"}
PROD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "ALLOWED_HOSTS": "models.example.org",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "SITE_URL": "https://models.example.org",
}


def settings_read() -> set[str]:
    """Names that the settings take from the environment."""
    texts = [path.read_text() for path in (CHECKOUT / "config" / "settings").glob("*.py")]
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", "".join(texts)))


def queues_of(command: list[str]) -> list[str]:
    return command[command.index("-Q") + 1].split(",") if "-Q" in command else []


def test_autoscaling_names_a_deployment_and_a_queue_that_exist() -> None:
    deployments = {m["metadata"]["name"] for m in manifests() if m["kind"] == "Deployment"}
    scaled = [m["spec"] for m in manifests() if m["kind"] == "ScaledObject"]
    assert {spec["scaleTargetRef"]["name"] for spec in scaled} <= deployments
    lists = {trigger["metadata"]["listName"] for spec in scaled for trigger in spec["triggers"]}
    assert lists == set(QUEUES) - {"default"}


def test_some_process_listens_on_every_queue() -> None:
    in_compose = [queue for service in services().values() for queue in queues_of(service.get("command", []))]
    in_kubernetes = [queue for container in containers() for queue in queues_of(container.get("command", []))]
    assert sorted(in_compose) == sorted(in_kubernetes) == sorted(QUEUES)


def test_every_variable_is_read_by_somebody() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE))
    for service in services().values():
        named |= set(service.get("environment", {}))
    named |= {variable["name"] for container in containers() for variable in container.get("env", [])}
    assert named - FOREIGN <= settings_read()


def test_the_readme_sets_what_production_does_not_start_without() -> None:
    settings = (CHECKOUT / "config" / "settings" / "prod.py").read_text()
    demanded = set(re.findall(r"^([A-Z_]+) = env\.\w+\(\"\1\"(?:, validate=.*)?\)$", settings, re.MULTILINE))
    assert {"SECRET_KEY", "ALLOWED_HOSTS"} <= demanded
    readme = (CHECKOUT / "README.md").read_text().split("## Running it for real")[1]
    exported = " ".join(line for line in readme.splitlines() if line.startswith("export "))
    assert demanded <= set(re.findall(r"\b([A-Z_]+)=", exported))


def test_dashboard_and_alerts_ask_for_metrics_that_exist() -> None:
    state = SiteState(
        queues={"read": 1},
        samples={"ok": 1},
        waiting_s=1,
        stalled_s=1,
        snapshot_s=1,
        ingest_s={"pypi": 1},
        ingests={("pypi", "done"): 1},
        connections=1,
        connections_most=1,
    )
    known = {family.name for family in StateCollector(state).collect()}
    known |= {f"{metric.name}_{part}" for metric in REQUEST_SECONDS.collect() for part in ("count", "bucket")}
    dashboard = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    alerts = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yaml").read_text())
    asked += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    assert set(re.findall(r"unfragile_\w+", " ".join(asked))) == known


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    # Playwright's loop makes the tests' own process set DJANGO_ALLOW_ASYNC_UNSAFE.
    ours = {*settings_read(), "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=kept | PROD | changes,
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_own_check_finds_nothing_in_production_settings() -> None:
    store = {"MEDIA_BUCKET": "pictures", "MEDIA_BUCKET_URL": "https://s3.example.org", "METRICS_TOKEN": "t"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **store)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("ALLOWED_HOSTS", None),
        ("SITE_URL", None),
        ("SITE_URL", "http://models.example.org"),
        ("SITE_URL", "models.example.org"),
    ],
)
def test_production_does_not_start_without_its_secrets_and_its_address(name: str, value: str | None) -> None:
    kept = {key: text for key, text in PROD.items() if key != name}
    done = subprocess.run(
        [sys.executable, "-c", "import django.conf; django.conf.settings.DEBUG"],
        cwd=CHECKOUT,
        env={"PATH": os.defpath} | kept | ({} if value is None else {name: value}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert name in done.stderr


def test_gunicorn_lets_no_header_speak_for_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Already set, so that reading the file makes no folder and leaves the environment as it is.
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    config = Config()
    config.set("forwarder_headers", runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))["forwarder_headers"])
    assert config.forwarder_headers == []
