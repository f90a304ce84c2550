"""Names of stored pictures."""


def image_name(digest: str) -> str:
    """Return where a picture lies in storage: pictures are named by the SHA-256 of their bytes.

    >>> image_name("abcdef")
    'images/ab/abcdef.png'
    """
    return f"images/{digest[:2]}/{digest}.png"


def thumbnail_name(digest: str) -> str:
    """Return where the thumbnail of the picture of this digest lies.

    >>> thumbnail_name("abcdef")
    'thumbnails/ab/abcdef.webp'
    """
    return f"thumbnails/{digest[:2]}/{digest}.webp"
