"""Text from outside in Markdown: whatever it is, it is read as it was written."""

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from web.markup import escaped_for_markdown

# What readers of the twins have: CommonMark with tables and struck-out words.
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(st.sampled_from("-+=~`*_#>|<&;:.)(![]\\1a \n\t") | st.characters(codec="utf-8"), max_size=40))
@pytest.mark.parametrize("before", ["", "- ", "## "])
def test_a_name_is_read_as_it_is(before: str, text: str) -> None:
    plain = " ".join(text.replace("\x00", "").split())
    shown = READER.render(f"{before}{escaped_for_markdown(plain)}\n\nNext.")
    quoted = escape(plain).replace("&#x27;", "'")
    around = {"": "<p>{}</p>\n", "- ": "<ul>\n<li>{}</li>\n</ul>\n", "## ": "<h2>{}</h2>\n"}[before]
    assert shown == (around.format(quoted) if plain or before else "") + "<p>Next.</p>\n"


@pytest.mark.parametrize("text", ["~~~ html", "---", "===", "- item", "+ item", "1. first", "2) second"])
def test_no_words_hide_what_comes_after_them(text: str) -> None:
    shown = READER.render(f"Before.\n{escaped_for_markdown(text)}\n\nAfter [it](https://example.org).")
    assert shown.startswith(f"<p>Before.\n{text}</p>")
    assert '<a href="https://example.org">' in shown
