# ruff: noqa: RUF001 - letters that look like others are what this file is about
"""How wide a badge's text is, from the widths of the face that it is drawn in."""

import unicodedata
from functools import lru_cache
from typing import Final

FONT_PX: Final = 11
EM: Final = 1_000
# Helvetica's advance widths in thousandths of an em (Adobe's metrics of the core fonts; Arial and Liberation Sans
# share them), with the Cyrillic of Liberation Sans. Letters with accents are as wide as without.
HELVETICA: Final = {
    191: "'",
    222: "ijl‘’і",
    260: "|¦",
    278: " !,./:;I[\\]ftì·ІЇıї",
    333: "()-`r¡¨´¸“”‐‑",
    350: "•",
    355: '"',
    365: "гѓ",
    389: "*",
    400: "°",
    438: "кќ",
    458: "зт",
    469: "^",
    500: "Jcksvxyzухсѕў",
    510: "эє",
    521: "чь",
    531: "в",
    542: "ЃГпя",
    549: "±÷",
    556: "#$0123456789?L_abdeghnopqu£€¥§«»–еаоёрћђ",
    559: "ийѝ",
    573: "бц",
    576: "µμ",
    583: "ЌКдл",
    584: "+<=>~×−¬",
    604: "З",
    611: "FTZßøТ",
    625: "ъ",
    635: "ЎУ",
    656: "БЛЬ",
    667: "&ABEKPSVXYАВЕЁРХЧ",
    669: "ж",
    677: "Д",
    688: "м",
    719: "ЄИЙПЭы",
    722: "CDHNRUwÐНСЯ",
    737: "©®",
    740: "Ц",
    750: "ю",
    760: "Ф",
    778: "GOQØО",
    792: "Ъ",
    802: "ш",
    823: "фщ",
    833: "MmМ",
    885: "Ы",
    889: "%æ",
    917: "Ш",
    923: "Ж",
    938: "Щ",
    944: "Wœ",
    1000: "ÆŒ—…™",
    1010: "Ю",
    1015: "@",
}
WIDTHS: Final = {letter: width for width, letters in HELVETICA.items() for letter in letters}
# A letter of another face: most are narrower, and the drawing is made to fit.
OTHER: Final = 600


@lru_cache(maxsize=4096)
def text_width(text: str) -> float:
    """Return the width of a line of text in pixels at ``FONT_PX``, without kerning.

    The drawing asks for exactly this width (``textLength``), so another face fits into it too.

    >>> text_width(""), text_width("iii"), text_width("Größe") == text_width("Große")
    (0.0, 7.33, True)
    >>> text_width("画像") == 2 * FONT_PX
    True
    """
    return round(sum(map(_advance, text)) * FONT_PX / EM, 2)


def _advance(letter: str) -> int:
    if letter in WIDTHS:
        return WIDTHS[letter]
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return EM
    return WIDTHS.get(unicodedata.normalize("NFD", letter)[0], OTHER)
