"""Pictures with their scores, in Python: a page shows dozens, and a template each is slow.

Every function takes frozen values and escapes what it is given.
"""

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.components import NOTHING
from web.pages.compare.pictures import PicturePair
from web.pages.evidence import Mark, MarkedBox
from web.pages.pictures import Picture

SMALL: Final = SafeString(" small-source")
SIDE_MARK: Final = SafeString('<span class="side-mark" aria-hidden="true"></span>')
# How wide a picture is shown, for the browser to choose a thumbnail by.
SIZES: Final = "(min-width: 46rem) 14rem, 46vw"


def figure(picture: Picture, *, large: bool = False) -> SafeString:
    """Return a picture with its score, reason and marks, or why there is none; ``large`` can be enlarged."""
    can_enlarge = large and bool(picture.url)
    return format_html(
        '<figure class="picture{}"{}>{}{}<figcaption>{}</figcaption></figure>',
        f" side-{picture.letter}" if picture.letter else "",
        format_html(' id="figure-{}"', picture.anchor) if can_enlarge else NOTHING,
        _stage(picture, large=large) if picture.url else _no_picture(picture),
        _enlarged(picture) if can_enlarge else NOTHING,
        _caption(picture),
    )


def image(picture: Picture, url: str, *, classes: str = "", alt: str = "", srcset: str = "") -> SafeString:
    """Return the image element: its size is known, so that nothing moves when it arrives."""
    named = f"{classes}{SMALL if picture.is_small else ''}".strip()
    return format_html(
        '<img src="{}"{} width="{}" height="{}" alt="{}" loading="lazy" decoding="async"{}>',
        url,
        format_html(' srcset="{}" sizes="{}"', srcset, SIZES) if srcset else NOTHING,
        picture.width,
        picture.height,
        alt,
        format_html(' class="{}"', named) if named else NOTHING,
    )


def _stage(picture: Picture, *, large: bool) -> SafeString:
    return format_html(
        '<div class="stage"><a href="{}">{}</a>{}</div>',
        f"#{picture.anchor}" if large else picture.run_path,
        image(picture, picture.url, alt=picture.alt, srcset=picture.srcset),
        marks(picture.boxes) if picture.marks else NOTHING,
    )


def _no_picture(picture: Picture) -> SafeString:
    return format_html(
        '<div class="no-picture hatch"><strong>No picture</strong><span>{}</span></div>', picture.failure
    )


def _enlarged(picture: Picture) -> SafeString:
    return format_html(
        '<div class="enlarged" id="{anchor}" role="group" aria-label="Large picture">'
        '<a class="button" href="#figure-{anchor}">Close</a>{image}<p>{alt}</p>'
        '<p class="cluster"><a href="{run}">Record</a><a href="{full}">Lossless, {width} × {height}</a></p></div>',
        anchor=picture.anchor,
        image=image(picture, picture.large_url, alt=picture.alt),
        alt=picture.alt,
        run=picture.run_path,
        full=picture.full_url,
        width=picture.width,
        height=picture.height,
    )


def _caption(picture: Picture) -> SafeString:
    maker, record = NOTHING, format_html("Seed {}", picture.seed)
    if picture.letter:
        maker = format_html('{}<span class="maker">{}</span> ', SIDE_MARK, picture.maker)
        record = format_html('Record<span class="visually-hidden"> of {}</span>', picture.maker)
    return format_html(
        '<span class="score">{}{}</span>{}<a class="note record" href="{}">{}</a>{}',
        maker,
        score_tag(picture),
        format_html('<span class="note reason">{}</span>', picture.reason) if picture.reason else NOTHING,
        picture.run_path,
        record,
        _mark_list(picture.marks) if picture.marks else NOTHING,
    )


def score_tag(picture: Picture) -> SafeString:
    """Return a picture's score: passed, failed or unscored, by sign as well as by colour."""
    if picture.is_pass is None:
        return SafeString('<span class="tag quiet">Unscored</span>')
    tone, sign = ("good", "✓") if picture.is_pass else ("bad", "✕")
    return format_html('<span class="tag {}">{} {} of 100</span>', tone, sign, picture.score)


def _mark_list(found: Iterable[Mark]) -> SafeString:
    lines = format_html_join(
        "",
        '<li class="{}"><b aria-hidden="true">{}</b> <span class="visually-hidden">{}: </span>{}</li>',
        (
            (tone, mark.number, tone.capitalize(), mark.words)
            for mark in found
            for tone in ("right" if mark.is_right else "wrong",)
        ),
    )
    return format_html('<ol class="mark-list">{}</ol>', lines)


def marks(boxes: Iterable[MarkedBox]) -> SafeString:
    """Return the frames that a reader's findings draw over a picture."""
    frames = format_html_join(
        "",
        '<g class="{tone}" transform="translate({x} {y})"><rect class="halo" width="{width}" height="{height}"/>'
        '<rect class="box" width="{width}" height="{height}"/><rect class="flag" width="{flag}" height="7"/>'
        '<text x="1.6" y="5.4">{label}</text></g>',
        (
            {
                "tone": "right" if box.is_right else "wrong",
                "x": box.x,
                "y": box.y,
                "width": box.width,
                "height": box.height,
                "flag": f"{box.flag_width:.1f}",
                "label": box.label,
            }
            for box in boxes
        ),
    )
    return format_html(
        '<svg class="marks" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        frames,
    )


def wipe(pair: PicturePair) -> SafeString:
    """Return both pictures of a pair over each other, and stops that say how much of each is shown."""
    one, other = pair.pictures
    stops = format_html_join(
        "",
        '<label{}><input type="radio" name="wipe-{}" value="{}"{}><span>{}</span></label>',
        (
            (
                format_html(' class="side-{}"', value) if value in {"a", "b"} else NOTHING,
                pair.anchor,
                value,
                SafeString(" checked") if value == "half" else NOTHING,
                label,
            )
            for value, label in (
                ("a", one.maker),
                ("a-more", "¾"),
                ("half", "½"),
                ("b-more", "¼"),
                ("b", other.maker),
            )
        ),
    )
    return format_html(
        '<fieldset class="wipe"><legend class="visually-hidden">How much of each picture is shown</legend>'
        '<div class="wipe-stage">{}{}</div><div class="wipe-stops">{}</div></fieldset>',
        image(one, one.url),
        image(other, other.url, classes="over"),
        stops,
    )
