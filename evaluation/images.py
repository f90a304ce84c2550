"""Names of stored pictures."""


def image_name(digest: str) -> str:
    """Return where a picture lies in storage: pictures are named by the SHA-256 of their bytes.

    >>> image_name("abcdef")
    'images/ab/abcdef.png'
    """
    return f"images/{digest[:2]}/{digest}.png"
