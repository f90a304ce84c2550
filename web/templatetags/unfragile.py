"""The few tags and filters that the templates share."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import comparison_rows, components, picture_figures
from web.formatting import external_url, host_of, readable_date
from web.linked import absolute
from web.markup import coded, escaped_for_markdown, markdown_url, sanitised_markdown, script_json
from web.pages.builders.claim import claim_asked

register = template.Library()


@register.simple_tag
def markdown(text: str) -> SafeString:
    """Render untrusted Markdown."""
    return format_html("{}", sanitised_markdown(text))


@register.simple_tag(takes_context=True)
def json_ld(context: template.Context, item: dict[str, object]) -> SafeString:
    """Render linked data with whole addresses; a data block, which no script policy concerns."""
    stated = {"@context": "https://schema.org", **absolute(item, origin=str(context["origin"]))}
    return format_html('<script type="application/ld+json">{}</script>', script_json(stated))


@register.filter(name="coded")
def with_code(text: str) -> SafeString:
    """Show what stands between backticks as code."""
    return format_html("{}", coded(text))


@register.filter
def md(text: object) -> str:
    """Escape plain text for a Markdown page."""
    return escaped_for_markdown(str(text))


register.simple_tag(claim_asked)
register.simple_tag(components.interval)
register.simple_tag(components.dots)
register.simple_tag(components.difference)
register.simple_tag(components.source)
register.simple_tag(components.stale)
register.simple_tag(components.signals)
register.simple_tag(components.cell)
register.simple_tag(components.drawn)
register.simple_tag(components.fixed)
register.simple_tag(picture_figures.figure)
register.simple_tag(picture_figures.wipe)
register.simple_tag(comparison_rows.feature_row)
register.simple_tag(comparison_rows.stratum_row)
register.simple_tag(comparison_rows.score_cells)
register.simple_tag(comparison_rows.reported_row)
register.filter("external", external_url)
register.filter("host", host_of)
register.filter("day", readable_date)
register.filter("md_url", markdown_url)
