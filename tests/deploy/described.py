"""What `deploy/` says runs where."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"


def compose() -> dict[str, Any]:
    """Return the Compose file, its anchors resolved."""
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def services() -> dict[str, dict[str, Any]]:
    """Return Compose's services by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def manifests() -> Iterator[dict[str, Any]]:
    """Yield Kubernetes' objects."""
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        if path.name != "kustomization.yaml":
            yield from yaml.safe_load_all(path.read_text())


def pods() -> Iterator[dict[str, Any]]:
    """Yield the pods of Kubernetes' deployments and jobs."""
    for manifest in manifests():
        match manifest["kind"]:
            case "Deployment" | "Job":
                yield manifest["spec"]["template"]["spec"]
            case "CronJob":
                yield manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def containers() -> Iterator[dict[str, Any]]:
    """Yield the containers of all pods."""
    for pod in pods():
        yield from pod["containers"]
