"""Models of real architectures, built from configuration with random weights: their answers mean nothing."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    Owlv2Config,
    Owlv2ForObjectDetection,
    Owlv2ImageProcessor,
    Owlv2Processor,
    PreTrainedTokenizerFast,
)

_WORDS = [
    "yes",
    "no",
    "Is",
    "there",
    "a",
    "an",
    "star",
    "heart",
    "every",
    "red",
    "blue",
    "the",
    "picture",
    "Answer",
    "with",
    "or",
    "one",
    "two",
    "exactly",
    ".",
    "?",
]
_TEMPLATE = (
    "{% for m in messages %}{% for c in m['content'] %}{% if c['type'] == 'image' %}<image>"
    "{% else %} {{ c['text'] }}{% endif %}{% endfor %}{% endfor %}"
)


_SPECIAL = {"pad_token": "<pad>", "unk_token": "<unk>", "eos_token": "<eos>"}


def _tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    vocabulary = {word: number for number, word in enumerate([*_SPECIAL.values(), *dict.fromkeys(words)])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=_SPECIAL["unk_token"]))
    tokenizer.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **_SPECIAL)


def save_judge(folder: Path, *, words: list[str] = _WORDS) -> Path:
    """Save a LLaVA of 32-pixel pictures that knows these words."""
    torch.manual_seed(1)
    tokenizer = _tokenizer(words)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]})
    side, patch = 32, 16
    vision = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        image_size=side, patch_size=patch,
    )  # fmt: skip
    text = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, pad_token_id=0,
    )  # fmt: skip
    image_token = tokenizer.convert_tokens_to_ids("<image>")
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=image_token, image_seq_length=4
    )
    LlavaForConditionalGeneration(config).eval().save_pretrained(folder)
    size: dict[str, Any] = {"shortest_edge": side}
    images = CLIPImageProcessor(size=size, crop_size={"height": side, "width": side})
    LlavaProcessor(
        image_processor=images, tokenizer=tokenizer, patch_size=patch, chat_template=_TEMPLATE,
        vision_feature_select_strategy="default", num_additional_image_tokens=1,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def save_detector(folder: Path) -> Path:
    """Save an OWLv2 of 32-pixel pictures."""
    torch.manual_seed(1)
    words = [*_WORDS, "mug", "plate"]
    tokenizer = _tokenizer(words)
    tokenizer.model_max_length = 8
    part = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Owlv2Config(
        text_config={**part, "vocab_size": len(tokenizer), "max_position_embeddings": 8},
        vision_config={**part, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    Owlv2ForObjectDetection(config).eval().save_pretrained(folder)
    images = Owlv2ImageProcessor(size={"height": 32, "width": 32})
    Owlv2Processor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder
