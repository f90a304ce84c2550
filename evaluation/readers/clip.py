"""A second opinion on what a picture shows: an image-text model chooses between true and false captions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import open_clip
import torch
from django.conf import settings
from PIL import Image
from transformers import CLIPTokenizer

from evaluation.suites.asked import Question
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec

FOLDER: Final = "tiny-clip"


@dataclass(frozen=True)
class _Model:
    """The model with what prepares its two inputs."""

    clip: Any
    preprocess: Any
    tokenizer: Any

    @property
    def scale(self) -> float:
        """What cosines are multiplied by before they are compared."""
        return float(self.clip.logit_scale.detach().exp())

    @torch.inference_mode()
    def similarities(self, image: Image.Image, captions: list[str]) -> torch.Tensor:
        """Scaled cosine similarity of the picture with each caption."""
        seen = self.clip.encode_image(self.preprocess(image.convert("RGB"))[None], normalize=True)
        scaled: torch.Tensor = self.clip.logit_scale.exp() * (_features(tuple(captions)) @ seen[0])
        return scaled

    @torch.inference_mode()
    def features(self, captions: list[str]) -> torch.Tensor:
        """Return what the captions mean, (captions, width), each of length 1."""
        tokens = self.tokenizer(captions, padding="max_length", truncation=True, return_tensors="pt")
        read: torch.Tensor = self.clip.encode_text(tokens.input_ids, normalize=True)
        return read


def read_captions(image: Image.Image, spec: PromptSpec, /) -> dict[str, Any]:
    """State how alike picture and prompt are (cosine), and how much likelier each true caption is than false.

    ``p(true) / (p(true) + p(foil))`` cancels a model's inclination to agree with whatever is said.
    """
    asked = [question for question in questions(spec) if question.foils]
    captions = [spec.text(), *(foil for question in asked for foil in question.foils)]
    true, *foils = _model().similarities(image, captions).tolist()
    answers = []
    for question in asked:
        mine, foils = foils[: len(question.foils)], foils[len(question.foils) :]
        answers.append(_answer(question, true, mine))
    return {"caption": captions[0], "similarity": round(true / _model().scale, 4), "answers": answers}


def _answer(question: Question, true: float, foils: list[float]) -> dict[str, Any]:
    best = max(range(len(foils)), key=lambda place: foils[place])
    share = torch.sigmoid(torch.tensor(true - foils[best])).item()
    return {"question": question.key, "share": round(share, 4), "foil": question.foils[best]}


@lru_cache(maxsize=64)
def _features(captions: tuple[str, ...]) -> torch.Tensor:
    """A prompt's pictures follow each other. Kept by prompt, as in another batch the last bits would differ."""
    return _model().features(list(captions))


@lru_cache(maxsize=1)
def _model() -> _Model:
    folder = settings.MODELS_DIR / FOLDER
    # open_clip tells the root logger about every step.
    logging.disable(logging.INFO)
    try:
        clip, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    finally:
        logging.disable(logging.NOTSET)
    return _Model(clip.eval().float(), preprocess, CLIPTokenizer.from_pretrained(folder))
