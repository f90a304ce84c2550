"""Lets the readers look at pictures that they have not seen in their present version."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from PIL import Image

from evaluation.measures import measure_of, watching
from evaluation.models import Observation, Run, Sample
from evaluation.readers.registry import Reader, load_reader
from evaluation.selectors.progress import unread
from evaluation.services.images import BrokenImageError, open_image
from evaluation.suites.spec import PromptSpec

logger = logging.getLogger(__name__)
ERROR = "error"
BROKEN = "the stored picture is missing or cannot be decoded"


def read_run(run_id: int, *, limit: int) -> int:
    """Read up to ``limit`` of the run's unread pictures; return how many were read.

    Each picture is locked while it is read, so two workers never read the same one, and a worker
    that dies leaves nothing behind.
    """
    run = Run.objects.select_related("suite").get(pk=run_id)
    readers = watching(measure_of(run.suite.scorer))
    for done in range(limit):
        if not _read_next(run, readers):
            return done
    return limit


def _read_next(run: Run, readers: tuple[Reader, ...]) -> bool:
    with transaction.atomic():
        free = unread(run).order_by("pk").select_for_update(skip_locked=True, of=("self",))
        sample = free.select_related("prompt").first()
        if sample is None:
            return False
        image = _picture(sample)
        seen = set(sample.observations.values_list("reader", "reader_version"))
        Observation.objects.bulk_create(
            [
                Observation(
                    sample=sample,
                    reader=reader.name,
                    reader_version=reader.version,
                    content=_observe(reader, image, sample),
                )
                for reader in readers
                if (reader.name, reader.version) not in seen
            ],
            ignore_conflicts=True,
        )
    return True


def _picture(sample: Sample) -> Image.Image | None:
    """Return the sample's picture; None where its file is gone or broken."""
    try:
        return open_image(sample.image_digest)
    except BrokenImageError:
        logger.exception("The picture of sample %s cannot be read", sample.pk)
        return None


def _observe(reader: Reader, image: Image.Image | None, sample: Sample) -> dict[str, Any]:
    """Return what the reader sees. A reader that fails on a picture says so, and the sample stays unscored."""
    if image is None:
        return {ERROR: BROKEN}
    read = load_reader(reader.name)
    spec = PromptSpec.from_dict(sample.prompt.spec)
    try:
        return read(image, spec)
    except Exception as error:  # a strange picture must not stop the others from being read
        logger.exception("%s could not read sample %s", reader.name, sample.pk)
        return {ERROR: f"{type(error).__name__}: {error}"}
