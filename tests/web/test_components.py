"""Pieces that pages hold by the hundred, drawn in Python."""

from ranking.selectors.current import InputView
from web.components import signals


def test_a_signals_source_is_a_link_and_its_words_are_escaped_once() -> None:
    given = InputView(
        name="hosting_providers",
        label="Providers",
        value="3",
        is_missing=False,
        weight=5.0,
        points=2.5,
        source="Providers' <b>listings</b>",
        source_url="https://example.org/list",
        as_of="1 Nov 2026",
        detail="distinct & named",
    )
    drawn = signals([given])
    assert '<a href="https://example.org/list"' in drawn
    assert "Providers&#x27; &lt;b&gt;listings&lt;/b&gt;" in drawn
    assert "distinct &amp; named" in drawn
    assert "&amp;#x27;" not in drawn
    assert "&lt;a href" not in drawn
