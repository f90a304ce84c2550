"""Text from outside on its way into a page: Markdown is sanitised, JSON cannot end its script element."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt

JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
ALLOWED_TAGS = {"p", "em", "strong", "code", "pre", "a", "ul", "ol", "li", "blockquote", "br", "h3", "h4"}
ALLOWED_SCHEMES = {"http", "https", "mailto"}
BACKTICKED = re.compile(r"`([^`]+)`")
MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class SafeMarkup:
    """Markup that went through one of the functions below, so templates need not escape it again."""

    text: str

    def __html__(self) -> str:
        return self.text


def sanitised_markdown(text: str) -> SafeMarkup:
    r"""Return Markdown as HTML of a few harmless elements; raw HTML in it is shown, not obeyed.

    >>> sanitised_markdown("**bold** <script>x</script>").text
    '<p><strong>bold</strong> &lt;script&gt;x&lt;/script&gt;</p>\n'
    """
    html = MARKDOWN.render(text)
    clean = nh3.clean(html, tags=ALLOWED_TAGS, url_schemes=ALLOWED_SCHEMES, link_rel="nofollow ugc noopener")
    return SafeMarkup(clean)


def coded(text: str) -> SafeMarkup:
    """Return plain text with what stands between backticks as code; a backtick without its pair stays.

    >>> coded("Follow `next`. <b>").text
    'Follow <code>next</code>. &lt;b&gt;'
    """
    plain = escape(text)
    return SafeMarkup(BACKTICKED.sub(r"<code>\1</code>", plain))


def script_json(data: Mapping[str, object] | Sequence[object]) -> SafeMarkup:
    r"""Return JSON that cannot close the script element that it stands in.

    >>> script_json({"name": "</script>"}).text
    '{"name": "\\u003C/script\\u003E"}'
    """
    return SafeMarkup(json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES))


MARKDOWN_SPECIAL = {ord(sign): f"\\{sign}" for sign in "\\`*_[]<>|#~"}
# What begins a list, a rule or another kind of heading at the beginning of a line.
MARKDOWN_BLOCK = re.compile(r"^(\d{0,9})([-+.)](?=\s|$)|[-=](?=[-=\s]*$))")
MARKDOWN_ENTITY = re.compile(r"&(?=#?\w+;)", re.ASCII)


def escaped_for_markdown(text: str) -> str:
    r"""Return plain text as one line that Markdown shows as it is, at the beginning of a line too.

    >>> escaped_for_markdown("a|b\n<c>"), escaped_for_markdown("1. &lt;b & co"), escaped_for_markdown("-0.5")
    ('a\\|b \\<c\\>', '1\\. \\&lt;b & co', '-0.5')
    """
    plain = MARKDOWN_ENTITY.sub(r"\&", " ".join(text.split()).translate(MARKDOWN_SPECIAL))
    return MARKDOWN_BLOCK.sub(r"\1\\\2", plain)


def markdown_url(url: str) -> str:
    """Return a URL that stays inside the angle brackets of a Markdown link.

    >>> markdown_url("https://example.org/<a b>")
    'https://example.org/%3Ca%20b%3E'
    """
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~")
