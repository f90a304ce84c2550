"""Loads rotating splits and retires them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evaluation.models import Suite
from evaluation.services.suites import SuiteReport, write_suites
from evaluation.suites.names import ROTATING_SUFFIX
from evaluation.suites.read import HEADER_FILE, PROMPTS_FILE, read_suite
from evaluation.suites.rotation import RotationError, rotating_suite
from evaluation.suites.schema import PromptEntry

_LABEL = re.compile(r"\d+(\.\d+)*")


def load_rotation(slug: str, *, label: str) -> SuiteReport:
    """Write and load the rotating split of a suite from the secret in the settings.

    Raises:
        RotationError, SuiteError: nothing has been written then.
    """
    folder = settings.SUITES_DIR / slug
    if not (folder / HEADER_FILE).is_file():
        raise RotationError(f"no suite {slug!r} in {settings.SUITES_DIR}")
    if not _LABEL.fullmatch(label):
        raise RotationError(f"label {label!r} is no version; for example 2027.1")
    if Suite.objects.filter(
        slug=f"{slug}{ROTATING_SUFFIX}", version=label, retired_at__isnull=False
    ).exists():
        raise RotationError(f"split {label} of {slug} is retired; a new one needs a new label")
    return write_suites([rotating_suite(read_suite(folder), label=label, secret=settings.SUITES_SECRET)])


def retire_rotation(slug: str, *, label: str, folder: Path | None = None) -> Suite:
    """Publish a rotating split; its prompts are also written to ``folder`` where one is given.

    Raises:
        RotationError: where there is no such split, or it is retired already.
        OSError: where the folder cannot be written to; the split stays secret then.
    """
    with transaction.atomic():
        splits = Suite.objects.select_for_update().filter(slug=f"{slug}{ROTATING_SUFFIX}", version=label)
        split = splits.filter(split=Suite.Split.ROTATING).first()
        if split is None:
            raise RotationError(f"there is no split {label} of {slug}")
        if split.retired_at is not None:
            raise RotationError(f"split {label} of {slug} was retired on {split.retired_at:%Y-%m-%d}")
        if folder is not None:
            _write_prompts(split, folder)
        split.retired_at, split.is_current = timezone.now(), False
        split.save(update_fields=["retired_at", "is_current"])
    return split


def _write_prompts(split: Suite, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    fields = list(PromptEntry.model_fields)
    lines = [json.dumps(entry, ensure_ascii=False) for entry in split.prompts.values(*fields)]
    (folder / PROMPTS_FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
