"""A judge: an open vision-language model that is asked yes/no questions about a picture.

What is stored is the probability of yes among yes and no at the first token of the answer, for every
question in its true form and in each of its false forms. No text is generated.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

import torch
from django.conf import settings
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from evaluation.readers.pinned import PinnedModel
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec

_BATCH: Final = 8
_SUFFIX: Final = " Answer with yes or no."
_YES, _NO = ("yes", "Yes", "YES"), ("no", "No", "NO")


class JudgeError(Exception):
    """No judge, or one that cannot answer yes or no; the message says what to do."""


class Judge(Protocol):
    """Whoever answers yes/no questions about a picture."""

    def p_yes(self, image: Image.Image, asks: Sequence[str]) -> list[float]:
        """Return the probability of yes (0 to 1) for every question, in their order."""
        ...


def read_answers(image: Image.Image, spec: PromptSpec, /) -> dict[str, Any]:
    """State the judge's probability of yes for every question's true form and each of its false forms.

    Raises:
        JudgeError: where no judge is set up.
    """
    asked = questions(spec)
    forms = [form for question in asked for form in (question.ask, *question.foil_asks)]
    answered = iter(load_judge(settings.JUDGE_MODEL).p_yes(image.convert("RGB"), forms))
    return {
        "judge": settings.JUDGE_MODEL,
        "answers": [
            {
                "question": question.key,
                "p_true": round(next(answered), 6),
                "p_foils": [round(next(answered), 6) for _ in question.foil_asks],
            }
            for question in asked
        ],
    }


@lru_cache(maxsize=1)
def load_judge(named: str) -> Judge:
    """Return the judge of this name, loaded once per process.

    Raises:
        JudgeError: where none is named, or its tokenizer has no single token for yes or no.
    """
    if not named:
        raise JudgeError("no judge is set up; name one: JUDGE_MODEL=org/name@commit")
    return TransformersJudge.load(PinnedModel.parse(named))


@dataclass(frozen=True)
class TransformersJudge:
    """Any model of transformers that takes a picture and text and continues the text."""

    model: Any
    processor: Any
    yes: list[int]
    no: list[int]

    @classmethod
    def load(cls, pinned: PinnedModel) -> TransformersJudge:
        """Load onto the GPU where there is one: weights as safetensors only, no code of the model's own."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        model = AutoModelForImageTextToText.from_pretrained(
            pinned.location, use_safetensors=True, dtype=dtype, **pinned.arguments()
        )
        processor = AutoProcessor.from_pretrained(pinned.location, **pinned.arguments())
        # The answer's first token stands after the last one of every row.
        processor.tokenizer.padding_side = "left"
        yes, no = (_single_tokens(processor.tokenizer, words) for words in (_YES, _NO))
        if not yes or not no:
            raise JudgeError(f"{pinned.location} has no single token for yes or no")
        return cls(model.to(device).eval(), processor, yes, no)

    def p_yes(self, image: Image.Image, asks: Sequence[str]) -> list[float]:
        """Return the probability of yes among yes and no, batch by batch."""
        batches = (asks[start : start + _BATCH] for start in range(0, len(asks), _BATCH))
        return [p for batch in batches for p in self._answer(image, batch)]

    @torch.inference_mode()
    def _answer(self, image: Image.Image, asks: Sequence[str]) -> Iterator[float]:
        inputs = self.processor.apply_chat_template(
            [_conversation(image, ask) for ask in asks],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
        ).to(self.model.device, dtype=self.model.dtype)
        # Logits of every place would take gigabytes with a large vocabulary.
        only_last = {"logits_to_keep": 1} if _takes(self.model, "logits_to_keep") else {}
        logits = self.model(**inputs, **only_last).logits[:, -1].float()
        yes, no = (torch.logsumexp(logits[:, ids], dim=1) for ids in (self.yes, self.no))
        return iter(torch.sigmoid(yes - no).tolist())


def _conversation(image: Image.Image, ask: str) -> list[dict[str, Any]]:
    content = [{"type": "image", "image": image}, {"type": "text", "text": ask + _SUFFIX}]
    return [{"role": "user", "content": content}]


def _single_tokens(tokenizer: Any, words: Sequence[str]) -> list[int]:
    """Return the tokens that are one of the words by themselves, with or without a space before."""
    spelt = [
        tokenizer.encode(form, add_special_tokens=False) for word in words for form in (word, f" {word}")
    ]
    unknown = tokenizer.unk_token_id
    return sorted({ids[0] for ids in spelt if len(ids) == 1 and ids[0] != unknown})


def _takes(model: Any, argument: str) -> bool:
    return argument in inspect.signature(model.forward).parameters
