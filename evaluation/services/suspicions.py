"""Lays a run's pictures beside each other: is the prompt ignored, is the seed, does a picture talk to a judge?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from evaluation.alike import alike_pairs
from evaluation.flags import FOUND_IN_RUN, Flag, read_flags, rejection
from evaluation.models import Observation, Run, Sample, Score
from evaluation.persuasion import talks_to_judge
from evaluation.suites.spec import PromptSpec

# Pictures are compared in pairs, so a run beyond this is compared by digest alone.
MOST_COMPARED: Final = 10_000


def flag_run(run: Run) -> int:
    """Flag what stands out among a run's pictures; return how many samples' flags have changed.

    Flags of this kind are found anew each time. Where a changed flag decides whether a sample counts as
    a failure, its scores are removed, so that it is scored again.
    """
    samples = list(run.samples.filter(status=Sample.Status.OK).select_related("prompt").order_by("pk"))
    found: dict[int, list[Flag]] = defaultdict(list)
    for flags in (_repeated(samples), _persuasive(run, samples)):
        for sample_id, flag in flags:
            if flag.name not in {known.name for known in found[sample_id]}:
                found[sample_id].append(flag)
    changed, judged_anew = [], []
    for sample in samples:
        before = read_flags(sample.flags)
        after = (*(flag for flag in before if flag.name not in FOUND_IN_RUN), *found[sample.pk])
        if after != before:
            sample.flags = [flag.as_dict() for flag in after]
            changed.append(sample)
            if rejection(after) != rejection(before):
                judged_anew.append(sample.pk)
    Sample.objects.bulk_update(changed, ["flags"], batch_size=500)
    Score.objects.filter(sample__in=judged_anew).delete()
    return len(changed)


def _repeated(samples: list[Sample]) -> Iterable[tuple[int, Flag]]:
    """Find pictures that are the same, or nearly, for another prompt or another seed."""
    by_digest: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_digest[sample.image_digest].append(sample)
    for same in by_digest.values():
        for sample in same:
            if other := next((o for o in same if o.prompt.text != sample.prompt.text), None):
                yield sample.pk, _other_prompt("same-for-other-prompt", "The same picture was", other)
            if other := next((o for o in same if _is_other_seed(o, sample)), None):
                yield sample.pk, Flag("same-for-other-seed", f"Seed {other.k + 1} gave the same picture.")
    signed = [sample for sample in samples if sample.signature is not None]
    if len(signed) > MOST_COMPARED:
        return
    signatures = np.array([np.frombuffer(sample.signature or b"", np.uint8) for sample in signed])
    for first, second in alike_pairs(signatures):
        yield from _alike(signed[first], signed[second])
        yield from _alike(signed[second], signed[first])


def _alike(sample: Sample, other: Sample) -> Iterable[tuple[int, Flag]]:
    if sample.prompt.text != other.prompt.text and sample.image_digest != other.image_digest:
        yield sample.pk, _other_prompt("like-other-prompt", "Almost the same picture was", other)
    elif _is_other_seed(sample, other):
        yield sample.pk, Flag("same-for-other-seed", f"Seed {other.k + 1} gave almost the same picture.")


def _is_other_seed(one: Sample, other: Sample) -> bool:
    return one.prompt_id == other.prompt_id and one.seed != other.seed


def _other_prompt(name: str, words: str, other: Sample) -> Flag:
    return Flag(name, f"{words} made for “{other.prompt.text}” ({other.prompt.key}).")


def _persuasive(run: Run, samples: list[Sample]) -> Iterable[tuple[int, Flag]]:
    """Find text that nobody asked for and that talks to whoever scores."""
    by_id = {sample.pk: sample for sample in samples}
    read = Observation.objects.filter(sample__run=run, content__has_key="lines")
    for sample_id, content in read.values_list("sample_id", "content"):
        if sample_id in by_id and (reason := _persuasion(by_id[sample_id], content)):
            yield sample_id, Flag("talks-to-judge", reason)


def _persuasion(sample: Sample, content: dict[str, Any]) -> str:
    """Look at the lines of an observation, which may come from another site and be of any shape."""
    lines = content["lines"] if isinstance(content["lines"], list) else []
    read = [str(line["text"]) for line in lines if isinstance(line, dict) and "text" in line]
    return talks_to_judge(read, asked=PromptSpec.from_dict(sample.prompt.spec).asked_texts)
