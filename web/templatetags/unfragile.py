"""The few tags and filters that the templates share."""

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import components
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
    request: HttpRequest = context["request"]
    stated = {
        "@context": "https://schema.org",
        **absolute(item, origin=f"{request.scheme}://{request.get_host()}"),
    }
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
register.filter("external", external_url)
register.filter("host", host_of)
register.filter("day", readable_date)
register.filter("md_url", markdown_url)
