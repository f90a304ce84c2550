"""Rows of a comparison's tables, in Python: there are a hundred on a page, and a template each is slow.

Every function takes frozen values and escapes what it is given. What one side says alone is drawn once.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.components import NOTHING, cell, dots, source
from web.once import once
from web.pages.compare.scores import ReportedRow, StratumRow
from web.pages.compare.sides import LETTERS, ComparedArtifact
from web.pages.compare.table import FeatureRow
from web.pages.reported import ReportedValue
from web.pages.scores import OwnScore

ANSWER: Final = {
    letter: format_html(
        '<td role="cell" class="side-{}"><span class="side-mark cell-side" aria-hidden="true"></span>', letter
    )
    for letter in LETTERS
}
CELL: Final = SafeString("<td>")
END: Final = SafeString("</td>")
ROW_END: Final = SafeString("</tr>")
DIFFERS: Final = SafeString(' <span class="differs-mark">differs</span>')
UNMEASURED: Final = SafeString('<span class="missing">Not measured yet</span>')
UNREPORTED: Final = SafeString('<span class="missing">Not reported</span>')


def feature_row(row: FeatureRow) -> SafeString:
    """Return one question of the feature table with every side's answer."""
    html = _question(row.label, row.anchor, row.note, is_different=row.is_different)
    for letter, answer in row.answers:
        html += ANSWER[letter] + cell(answer) + END
    return html + ROW_END


@lru_cache(maxsize=256)
def _question(label: str, anchor: str, note: str, *, is_different: bool) -> SafeString:
    return format_html(
        '<tr role="row"{}{}><th role="rowheader" scope="row">{}{}{}</th>',
        format_html(' id="{}"', anchor) if anchor else NOTHING,
        SafeString(' class="differs"') if is_different else NOTHING,
        label,
        DIFFERS if is_different else NOTHING,
        _note(note),
    )


def stratum_row(row: StratumRow) -> SafeString:
    """Return one kind of prompt with every side's mean, on one rule and in figures."""
    return format_html(
        '<tr role="row"><th role="rowheader" scope="row">{}</th><td role="cell" class="ruled">{}</td>{}</tr>',
        row.name,
        dots(row.bars),
        score_cells(row.lines),
    )


def score_cells(lines: Iterable[tuple[ComparedArtifact, OwnScore | None]]) -> SafeString:
    """Return every side's mean in a cell of its own."""
    return format_html_join(
        "",
        '<td role="cell" class="side-{}"><span class="score-name"><span class="side-mark" aria-hidden="true">'
        "</span>{}</span>{}{}</td>",
        (
            (
                side.letter,
                side.name,
                _note("demonstration" if side.card.is_demonstration and own else ""),
                _mean(own) if own else UNMEASURED,
            )
            for side, own in lines
        ),
    )


@once
def _mean(own: OwnScore) -> SafeString:
    if own.bar is None:
        return format_html('<span class="missing">{}</span>', own.text)
    return format_html(
        '<a class="score-value" href="{}">{}</a> <span class="num note">{}</span>{}',
        own.run_path,
        own.text,
        f"{own.bar.low:.0f} to {own.bar.high:.0f}",
        _note(own.note),
    )


def reported_row(row: ReportedRow) -> SafeString:
    """Return one benchmark with what was reported of every side."""
    html = _benchmark(row.benchmark, row.metric)
    for values in row.sides:
        html += CELL
        for value in values:
            html += _reported_value(value)
        html += END if values else UNREPORTED + END
    return html + ROW_END


@lru_cache(maxsize=512)
def _benchmark(benchmark: str, metric: str) -> SafeString:
    return format_html('<tr><th scope="row">{} <span class="note">{}</span></th>', benchmark, metric)


@once
def _reported_value(value: ReportedValue) -> SafeString:
    return format_html(
        '<div><span class="num">{}</span> <span class="note">by {}{}</span> {}</div>',
        value.value,
        value.reported_by,
        "" if value.is_primary else ", read in a note about the original",
        source(value.source),
    )


def _note(words: str) -> SafeString:
    return format_html('<span class="note">{}</span>', words) if words else NOTHING
