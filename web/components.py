"""The smallest pieces of a page, in Python: a comparison holds hundreds of them, and a template each is slow.

Every function takes frozen values and escapes what it is given.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ranking.selectors import InputView
from web.figures import Bar, Span
from web.formatting import external_url, readable_date
from web.once import once
from web.pages.compare.table import Cell
from web.pages.sources import Source

NOTHING: Final = SafeString("")
# Colour never tells sides apart alone: B is a diamond, C a square, D a triangle, A and everybody else a disc.
SHAPES: Final = {
    "b": SafeString('<path class="value" d="M0-7 7 0 0 7-7 0Z"/>'),
    "c": SafeString('<path class="value" d="M-5.5-5.5h11v11h-11Z"/>'),
    "d": SafeString('<path class="value" d="M0-7 7 5.5H-7Z"/>'),
}
DISC: Final = SafeString('<circle class="value" r="5.5"/>')
RULE: Final = SafeString(
    "".join(
        f'<line class="tick" x1="{at}" x2="{at}" y1="{top}" y2="{bottom}"/>'
        for at, top, bottom in (
            ("0", "25%", "75%"),
            ("25%", "38%", "62%"),
            ("50%", "25%", "75%"),
            ("75%", "38%", "62%"),
            ("100%", "25%", "75%"),
        )
    )
    + '<line class="rule" x1="0" x2="100%" y1="50%" y2="50%"/>'
)
# The lines that rows of dots share.
GRID: Final = SafeString(
    "".join(f'<line class="tick" x1="{at}%" x2="{at}%" y1="0" y2="100%"/>' for at in (0, 25, 50, 75, 100))
)
ZERO: Final = SafeString(
    '<line class="rule" x1="0" x2="100%" y1="50%" y2="50%"/><line class="zero" x1="50%" x2="50%" y1="0" y2="100%"/>'
)


@once
def interval(bar: Bar) -> SafeString:
    """Return a value with its interval on the 0-100 rule.

    >>> "90 % interval" in interval(Bar(50, 40, 60, "50 of 100, 90 % interval 40 to 60", "b"))
    True
    """
    return format_html(
        '<svg class="interval{}" role="img" aria-label="{}" focusable="false">{}{}</svg>',
        f" side-{bar.side}" if bar.side else "",
        bar.words,
        RULE,
        marked(bar),
    )


def dots(bars: Sequence[Bar]) -> SafeString:
    """Return the values of several sides on one rule, each in a lane of its own; the numbers stand beside it."""
    height = 100 / max(len(bars), 1)
    lanes = format_html_join(
        "",
        '<svg class="side-{}" y="{}%" height="{}%" overflow="visible">{}</svg>',
        ((bar.side, f"{lane * height:.1f}", f"{height:.1f}", marked(bar)) for lane, bar in enumerate(bars)),
    )
    return format_html(
        '<svg class="interval dots lanes-{}" aria-hidden="true" focusable="false">{}{}</svg>',
        len(bars),
        GRID,
        lanes,
    )


def difference(span: Span) -> SafeString:
    """Return a difference with its interval around 0; the number stands beside it."""
    return format_html(
        '<svg class="interval difference{}" aria-hidden="true" focusable="false">{}{}</svg>',
        f" side-{span.side}" if span.side else "",
        ZERO,
        marked(span),
    )


@once
def marked(bar: Bar | Span) -> SafeString:
    """Return the band, its ends and the value's mark alone, to be placed on a rule."""
    return format_html(
        '<rect class="band" x="{x}" width="{width}" y="15%" height="70%"/>'
        '<line class="end" x1="{x}" x2="{x}" y1="15%" y2="85%"/>'
        '<line class="end" x1="{end}" x2="{end}" y1="15%" y2="85%"/>'
        '<svg x="{value}" y="50%" overflow="visible">{shape}</svg>',
        x=bar.band_x,
        width=bar.band_width,
        end=bar.band_end,
        value=bar.value_x,
        shape=SHAPES.get(bar.side, DISC),
    )


def linked(name: str, url: str) -> SafeString:
    """Return a name that leads outside, or the name alone where there is no address to trust.

    >>> linked("a<b", "javascript:x")
    'a&lt;b'
    """
    safe_url = external_url(url)
    if not safe_url:
        return format_html("{}", name)
    return format_html('<a href="{}" rel="nofollow noopener">{}</a>', safe_url, name)


def source(cited: Source | None) -> SafeString:
    """Return where a value comes from, folded; nothing where nothing is cited."""
    return _source(cited) if cited else NOTHING


@once
def _source(cited: Source) -> SafeString:
    kind = format_html(", {}", cited.kind) if cited.kind else NOTHING
    day = as_of = NOTHING
    if cited.as_of:
        readable = readable_date(cited.as_of)
        day = format_html(", {}", readable)
        as_of = format_html(', as of <time datetime="{}">{}</time>', cited.as_of.isoformat(), readable)
    return format_html(
        '<details class="source"><summary>Source{}{}</summary><p>{}{}{}{}.</p></details>',
        day,
        format_html(' <b class="stale">{}</b>', "stale") if cited.stale_since else NOTHING,
        linked(cited.name, cited.url),
        kind,
        as_of,
        stale(cited.stale_since),
    )


def stale(since: dt.date | None) -> SafeString:
    """Return from when on a source could not be read again; nothing where it can."""
    if since is None:
        return NOTHING
    return format_html(
        ', <b class="stale">stale since <time datetime="{}">{}</time></b>: it could not be read again',
        since.isoformat(),
        readable_date(since),
    )


def signals(inputs: Iterable[InputView]) -> SafeString:
    """Return the signals behind a component, each with what it is worth and where it was read."""
    lines = format_html_join("\n", "<li>{}</li>", ((_signal(each),) for each in inputs))
    return format_html('<ul class="signals">{}</ul>', lines)


def _signal(given: InputView) -> SafeString:
    parts = [format_html("{} of {} points", f"{given.points:.1f}", f"{given.weight:.1f}")]
    if given.source:
        day = format_html(", {}", given.as_of) if given.as_of else NOTHING
        parts.append(format_html("{}{}", linked(given.source, given.source_url), day))
    if given.detail:
        parts.append(format_html("{}", given.detail))
    return format_html(
        '<span>{}: <b{}>{}</b></span> <span class="note">{}</span>',
        given.label,
        SafeString(' class="missing"') if given.is_missing else NOTHING,
        given.value,
        format_html_join("; ", "{}", ((part,) for part in parts)),
    )


@once
def cell(answer: Cell) -> SafeString:
    """Return what one side answers: its value, the interval, the note, the source and the signals behind it."""
    tone = " missing" if answer.is_missing else " figure" if answer.bar else ""
    behind = NOTHING
    if n := len(answer.inputs):
        behind = format_html(
            '<details class="source"><summary>{} signal{}</summary>{}</details>',
            n,
            "" if n == 1 else "s",
            signals(answer.inputs),
        )
    return format_html(
        '<span class="answer{}">{}</span>{}{}{}{}',
        tone,
        answer.text,
        interval(answer.bar) if answer.bar else NOTHING,
        format_html('<span class="note">{}</span>', answer.note) if answer.note else NOTHING,
        source(answer.source),
        behind,
    )


def fixed(template: str, **words: str | bool) -> SafeString:
    """Return a template that says the same wherever these words are the same; drawn once by each process."""
    return _fixed.__wrapped__(template, **words) if settings.DEBUG else _fixed(template, **words)


@lru_cache(maxsize=64)
def _fixed(template: str, **words: str | bool) -> SafeString:
    return render_to_string(template, words)


def drawn(template: str, **named: Any) -> SafeString:
    """Return a template with one frozen value, by the name it has there; drawn once, kept with the value."""
    ((name, value),) = named.items()
    key = f"_{template}"
    if key not in value.__dict__:
        value.__dict__[key] = render_to_string(template, {name: value})
    kept: SafeString = value.__dict__[key]
    return kept
