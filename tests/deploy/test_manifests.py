"""Compose file and Kubernetes objects: valid by schema, and all that they name exists."""

import re
import shlex
import shutil
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from config.broker import QUEUES
from tests.deploy.described import CHECKOUT, DEPLOY, compose, containers, manifests, pods, services

OLDEST_KUBERNETES = "1.34"
# Images of others, whose versions the documentation names.
FOREIGN_IMAGES = {"pgvector/pgvector:pg18", "valkey/valkey:9"}
FOREIGN_PROGRAMS = {"pg_isready", "valkey-cli", "valkey-server"}
STAGES = set(re.findall(r"^FROM \S+ AS (\w+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE))
SERVICE_KEYS = {
    *("build", "image", "restart", "env_file", "environment", "volumes", "read_only", "tmpfs", "cap_drop"),
    *("security_opt", "depends_on", "shm_size", "healthcheck", "command", "ports", "mem_limit", "profiles"),
    "deploy",
}
COMMANDS = [
    *((name, service["command"]) for name, service in services().items() if "command" in service),
    *(
        (name, service["healthcheck"]["test"][1:])
        for name, service in services().items()
        if "healthcheck" in service
    ),
    *((container["name"], container["command"]) for container in containers() if "command" in container),
]


@pytest.mark.parametrize(
    "manifest",
    [manifest for manifest in manifests() if manifest["kind"] != "ScaledObject"],
    ids=lambda manifest: f"{manifest['kind']}-{manifest['metadata']['name']}",
)
def test_kubernetes_takes_every_object(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, OLDEST_KUBERNETES, strict=True)


def test_every_image_is_built_here_or_pinned() -> None:
    built = {service["image"] for service in services().values() if "build" in service}
    named = {container["image"] for container in containers()}
    assert named <= built
    assert {s["build"]["target"] for s in services().values() if "build" in s} <= STAGES
    assert {f"unfragile-{stage}" for stage in STAGES} >= built
    assert {s["image"] for s in services().values() if "build" not in s} == FOREIGN_IMAGES
    renamed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
    assert {image["name"] for image in renamed["images"]} == built
    listed = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(renamed["resources"]) == listed


def pieces(command: list[str]) -> Iterator[list[str]]:
    """Yield the commands of a line that a shell would take apart."""
    if command[:2] == ["sh", "-c"]:
        yield from (shlex.split(part) for part in command[2].split("&&"))
    else:
        yield command


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_exists(name: str, command: list[str]) -> None:
    for program, *words in pieces(command):
        if program == "python" and words[0] == "manage.py":
            assert words[1] in get_commands()
            assert all((CHECKOUT / word).exists() for word in words[2:] if word.startswith("data/"))
        elif program == "python":
            compile(words[1], name, "exec")
        elif program not in FOREIGN_PROGRAMS:
            assert shutil.which(program, path=str(CHECKOUT / ".venv" / "bin"))
        if program == "celery":
            assert words[:2] == ["-A", "config"]
            assert words[2] in {"beat", "worker"}
            if "-Q" in words:
                assert set(words[words.index("-Q") + 1].split(",")) <= set(QUEUES)


def test_compose_names_only_what_it_declares() -> None:
    content = compose()
    for name, service in services().items():
        assert set(service) <= SERVICE_KEYS, name
        assert set(service.get("depends_on", {})) <= set(services())
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in content["volumes"]
    declared = {volume.split(":")[0] for s in services().values() for volume in s.get("volumes", [])}
    assert declared == set(content["volumes"])


def test_pods_mount_what_they_declare_and_their_probes_are_pages() -> None:
    for pod in pods():
        declared = {volume["name"] for volume in pod.get("volumes", [])}
        for container in pod["containers"]:
            assert {mount["name"] for mount in container.get("volumeMounts", [])} == declared
            ports = {port["name"] for port in container.get("ports", [])}
            for probe in ("readinessProbe", "livenessProbe"):
                if asked := container.get(probe):
                    assert resolve(asked["httpGet"]["path"]).url_name in {"healthz", "readyz"}
                    assert asked["httpGet"]["port"] in ports


def test_no_container_has_more_rights_than_it_needs() -> None:
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["resources"]["limits"]["memory"]
    for name, service in services().items():
        if "build" in service:
            assert service["cap_drop"] == ["ALL"], name
            assert service["read_only"], name


def test_services_and_budgets_select_pods_that_exist() -> None:
    labels = [m["spec"]["template"]["metadata"]["labels"] for m in manifests() if m["kind"] == "Deployment"]
    deployments = {m["metadata"]["name"] for m in manifests() if m["kind"] == "Deployment"}
    for manifest in manifests():
        match manifest["kind"]:
            case "Service":
                selector = manifest["spec"]["selector"]
            case "PodDisruptionBudget":
                selector = manifest["spec"]["selector"]["matchLabels"]
            case "HorizontalPodAutoscaler":
                assert manifest["spec"]["scaleTargetRef"]["name"] in deployments
                continue
            case _:
                continue
        assert any(selector.items() <= label.items() for label in labels)


def test_dumps_lie_where_the_web_processes_see_them_or_are_not_written() -> None:
    by_name = {container["name"]: container for container in containers()}
    worker, web = by_name["worker"], by_name["web"]
    assert "default" in worker["command"]
    said = {entry["name"]: entry["value"] for entry in worker.get("env", [])}
    places = [{m["mountPath"]: m["name"] for m in c["volumeMounts"]} for c in (worker, web)]
    shared = {path for path, volume in places[0].items() if volume != "tmp" and path in places[1]}
    is_shared = any(said.get("DUMPS_DIR", "/data").startswith(path) for path in shared)
    assert said.get("DUMPS_KEPT") == "0" or is_shared
    # Under Compose both have the volume in which dumps lie by default.
    for service in (services()["worker"], services()["web"]):
        assert "data:/data" in service["volumes"]
