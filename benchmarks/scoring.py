"""Pictures read per second against the libraries that anybody would call, on the same pictures in the same run.

    OMP_NUM_THREADS=1 python -m benchmarks.scoring [--pictures 48] [--rounds 3]

Image and text: our reader, which asks every question of the prompt in true and false form, against torchmetrics'
``clip_score`` with the same bundled model, of the prompt alone and of the same captions. Text: our reader against RapidOCR as its page says to
call it. The contenders take turns; each has read a picture before.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any

import django

os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "HF_HUB_OFFLINE": "1"}
django.setup()

import numpy as np  # noqa: E402 - after the settings
import open_clip  # noqa: E402
import torch  # noqa: E402
from django.conf import settings  # noqa: E402
from rapidocr import RapidOCR  # noqa: E402
from rapidocr.utils.output import RapidOCROutput  # noqa: E402
from torchmetrics.functional.multimodal import clip_score  # noqa: E402
from torchvision.transforms.functional import to_pil_image  # noqa: E402
from transformers import CLIPTokenizer  # noqa: E402

from evaluation.bundled.drawing import draw  # noqa: E402
from evaluation.readers.clip import FOLDER, read_captions  # noqa: E402
from evaluation.readers.ocr import read_text  # noqa: E402
from evaluation.sanity.posters import poster  # noqa: E402
from evaluation.suites.questions import questions  # noqa: E402
from evaluation.suites.spec import PromptSpec  # noqa: E402

SHAPES = ("star", "circle", "square", "heart")
COLOURS = ("red", "blue", "green", "yellow")
LINES = ("GRAND OPENING", "Fresh bread", "7.40 EUR", "Saturday 9:30", "Brindlewick")


class TinyClip:
    """The bundled model in the two shapes that torchmetrics wants: a model, and what prepares its input."""

    def __init__(self) -> None:
        folder = settings.MODELS_DIR / FOLDER
        # open_clip tells the root logger about every step.
        logging.disable(logging.INFO)
        self._clip, self._preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
        self._clip.eval()
        self._tokenizer = CLIPTokenizer.from_pretrained(folder)
        self.config = SimpleNamespace()

    def to(self, _device: Any) -> TinyClip:
        """Stay where it is."""
        return self

    @torch.inference_mode()
    def get_image_features(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return (pictures, width) features."""
        features: torch.Tensor = self._clip.encode_image(pixels)
        return features

    @torch.inference_mode()
    def get_text_features(self, ids: torch.Tensor, _mask: torch.Tensor) -> torch.Tensor:
        """Return (texts, width) features."""
        features: torch.Tensor = self._clip.encode_text(ids)
        return features

    def prepare(
        self, *, images: Sequence[torch.Tensor] = (), text: Sequence[str] = (), **_options: Any
    ) -> Any:
        """Return the tensors of pictures (uint8, channels first) or of texts."""
        if images:
            return {"pixel_values": torch.stack([self._preprocess(to_pil_image(image)) for image in images])}
        return self._tokenizer(list(text), padding="max_length", truncation=True, return_tensors="pt")


@dataclass(frozen=True)
class Contender:
    """Somebody who reads all pictures, and gives an answer for each."""

    name: str
    read_all: Callable[[], list[Any]]


def take_turns(contenders: Sequence[Contender], *, n_pictures: int, n_rounds: int) -> list[list[Any]]:
    """Print what each reads per second (median over the rounds), and return the answers of each."""
    answers: list[list[Any]] = []
    times_s = []
    for _ in range(n_rounds):
        answers, times = [], []
        for contender in contenders:
            began = time.perf_counter()
            answers.append(contender.read_all())
            times.append(time.perf_counter() - began)
        times_s.append(times)
    medians = [statistics.median(taken) for taken in zip(*times_s, strict=True)]
    for contender, median in zip(contenders, medians, strict=True):
        print(
            f"  {contender.name:44}{n_pictures / median:8.1f} pictures/s  {medians[0] / median:5.2f} x the first"
        )
    return answers


def measure_clip(n_pictures: int, *, n_rounds: int) -> None:
    """Measure similarity of picture and prompt, two pictures a prompt, and how far the answers differ."""
    specs = [_spec(place // 2) for place in range(n_pictures)]
    pictures = [
        draw(spec.scene, rng=np.random.default_rng(n), size=256).image for n, spec in enumerate(specs)
    ]
    tensors = [torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1) for picture in pictures]
    captions, model = [captions_of(spec) for spec in specs], TinyClip()
    score = partial(clip_score, model_name_or_path=lambda: (model, model.prepare))

    def prompt_alone() -> list[float]:
        return [float(score(tensor, said[0])) for tensor, said in zip(tensors, captions, strict=True)]

    def all_captions() -> list[float]:
        return [
            float(score([tensor] * len(said), said)) for tensor, said in zip(tensors, captions, strict=True)
        ]

    def ours() -> list[float]:
        seen = (read_captions(picture, spec) for picture, spec in zip(pictures, specs, strict=True))
        return [100 * content["similarity"] for content in seen]

    asked = statistics.mean(map(len, captions))
    contenders = [
        Contender("torchmetrics clip_score, the prompt alone", prompt_alone),
        Contender("torchmetrics clip_score, the same captions", all_captions),
        Contender("our reader", ours),
    ]
    score(tensors[0], captions[0][0])
    read_captions(pictures[0], specs[0])
    print(f"image and text, pictures of 256 x 256, {asked:.0f} captions each:")
    theirs, _, mine = take_turns(contenders, n_pictures=n_pictures, n_rounds=n_rounds)
    worst = max(abs(one - other) for one, other in zip(theirs, mine, strict=True))
    print(f"  largest difference of the prompt's score, of 100: {worst:.3f}")


def captions_of(spec: PromptSpec) -> list[str]:
    """Return what our reader asks: the prompt and all false captions."""
    return [spec.text(), *(foil for question in questions(spec) for foil in question.foils)]


def _spec(number: int) -> PromptSpec:
    group = {"shape": SHAPES[number % 4], "colour": COLOURS[number // 4 % 4], "count": 1 + number % 3}
    return PromptSpec.from_dict({"objects": [group]})


def measure_ocr(n_pictures: int, *, n_rounds: int) -> None:
    """Measure reading of posters, and say how many lines each reads letter for letter."""
    lines = [LINES[n % len(LINES)] for n in range(n_pictures)]
    posters = [poster([line], rng=Random(n)) for n, line in enumerate(lines)]  # noqa: S311 - repeatable
    plain = RapidOCR(params={"Global.log_level": "error"})
    one_thread = RapidOCR(
        params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    )

    def loop(engine: RapidOCR) -> list[str]:
        read = (engine(np.asarray(picture)[:, :, ::-1]) for picture in posters)
        return [" ".join(result.txts or ()) for result in read if isinstance(result, RapidOCROutput)]

    def ours() -> list[str]:
        return [" ".join(line["text"] for line in read_text(picture)["lines"]) for picture in posters]

    print(f"text, posters of {posters[0].width} x {posters[0].height}:")
    contenders = [
        Contender("plain RapidOCR loop, all cores", partial(loop, plain)),
        Contender("plain RapidOCR loop, 1 thread", partial(loop, one_thread)),
        Contender("our reader, 1 thread", ours),
    ]
    for engine in (plain, one_thread):
        engine(np.asarray(posters[0]))
    read_text(posters[0])
    answers = take_turns(contenders, n_pictures=n_pictures, n_rounds=n_rounds)
    for contender, read in zip(contenders, answers, strict=True):
        n_exact = sum(line == said for line, said in zip(lines, read, strict=True))
        print(f"  {contender.name}: {n_exact} of {n_pictures} read letter for letter")


def main() -> None:
    """Measure both kinds of readers."""
    parser = argparse.ArgumentParser(description="Readers against plain loops.")
    parser.add_argument("--pictures", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    measure_clip(options.pictures, n_rounds=options.rounds)
    measure_ocr(options.pictures, n_rounds=options.rounds)
    print(f"load {os.getloadavg()[0]:.0f}, torch with {torch.get_num_threads()} thread(s)")


if __name__ == "__main__":
    main()
