"""How wide a badge's text is, measured on a font and not guessed."""

from functools import lru_cache

from PIL import ImageFont

FONT_PX = 11
# Measured large and divided, so that no width is rounded to a pixel.
SCALE = 100


@lru_cache(maxsize=4096)
def text_width(text: str) -> float:
    """Return the width of a line of text in pixels at ``FONT_PX``, in a face with Helvetica's widths.

    The drawing asks for exactly this width (``textLength``), so another face fits into it too.

    >>> text_width("") , text_width("iii") < text_width("WWW")
    (0.0, True)
    """
    return round(_font().getlength(text) / SCALE, 2)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=FONT_PX * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        message = "Pillow was built without FreeType, which measures the badges' text"
        raise TypeError(message)
    return font
