"""Names and sizes of stored pictures."""

from typing import Final

# As wide as a picture is shown in a row of several on a screen with two dots per pixel, half of that for a
# plain screen, and twice that where a picture fills a phone or half a page.
THUMBNAIL_SIDE: Final = 384
SMALL_SIDE: Final = 192
WIDE_SIDE: Final = 768


def image_name(digest: str) -> str:
    """Return where a picture lies in storage: pictures are named by the SHA-256 of their bytes.

    >>> image_name("abcdef")
    'images/ab/abcdef.png'
    """
    return f"images/{digest[:2]}/{digest}.png"


def thumbnail_name(digest: str, *, side: int = 0) -> str:
    """Return where a thumbnail of the picture of this digest lies: the usual one, or one of another size.

    >>> thumbnail_name("abcdef"), thumbnail_name("abcdef", side=768)
    ('thumbnails/ab/abcdef.webp', 'thumbnails/ab/abcdef-768.webp')
    """
    suffix = f"-{side}" if side else ""
    return f"thumbnails/{digest[:2]}/{digest}{suffix}.webp"


def further_sides(width: int, height: int) -> tuple[int, ...]:
    """Return the sizes, beside the usual one, that a picture of so many pixels is worth keeping in.

    >>> further_sides(64, 64), further_sides(256, 256), further_sides(1024, 768)
    ((), (192,), (192, 768))
    """
    longest = max(width, height)
    wide = (WIDE_SIDE,) if longest > THUMBNAIL_SIDE else ()
    return (SMALL_SIDE, *wide) if longest > SMALL_SIDE else ()


def thumbnail_width(width: int, height: int, *, side: int = THUMBNAIL_SIDE) -> int:
    """Return how wide, in pixels, a picture is in a thumbnail of at most ``side`` pixels; none is enlarged.

    >>> thumbnail_width(768, 1024), thumbnail_width(64, 64)
    (288, 64)
    """
    return max(1, round(width * min(1.0, side / max(width, height, 1))))
