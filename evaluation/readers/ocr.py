"""Text by RapidOCR, whose weights (PP-OCRv6 small) ship in its package."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from PIL import Image
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

from evaluation.readers.pictures import rgb_pixels
from evaluation.suites.spec import PromptSpec

# Small capitals of a 64-pixel picture become readable; a larger picture is left as it is.
_SIDE: Final = 256
# Smaller pictures are scaled up to this for finding lines: a third of the default's time, the same lines.
_DETECTION_SIDE: Final = 448


@lru_cache(maxsize=1)
def _engine() -> RapidOCR:
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Det.limit_side_len": _DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def read_text(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State every line of text with its confidence and its corners (fractions of the picture)."""
    pixels = rgb_pixels(image, side=_SIDE)
    height, width = pixels.shape[:2]
    result = _engine()(pixels[:, :, ::-1])
    if not isinstance(result, RapidOCROutput):
        raise TypeError(f"RapidOCR answered with {type(result).__name__}")
    if result.txts is None or result.boxes is None or result.scores is None:
        return {"lines": []}
    lines = [
        {
            "text": text,
            "confidence": round(float(score), 4),
            "corners": [[round(float(x) / width, 4), round(float(y) / height, 4)] for x, y in box],
        }
        for text, score, box in zip(result.txts, result.scores, result.boxes, strict=True)
    ]
    return {"lines": lines}
