"""Amounts in a query: money, memory, numbers of parameters. Plain Python."""

import re
from decimal import Decimal

from catalog.vocabulary import OfferUnit
from matchgraph.search.records import Constraint, ConstraintKind

Match = re.Match[str]

NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
MOST = r"""(?:(?:under|below|less\ than|cheaper\ than|at\ most|no\ more\ than|not\ more\ than|within|max(?:imum)?
    (?:\ of)?|up\ to|<=?|≤|for|costs?|costing|budget(?:\ of|:)?)\ *)"""
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "us$": "USD"}
WORDS = {
    "usd": "USD",
    "dollar": "USD",
    "buck": "USD",
    "eur": "EUR",
    "euro": "EUR",
    "gbp": "GBP",
    "pound": "GBP",
}
SHOWN = {"USD": "$", "EUR": "€", "GBP": "£"}
UNITS = {
    "image": OfferUnit.IMAGE,
    "picture": OfferUnit.IMAGE,
    "pic": OfferUnit.IMAGE,
    "generation": OfferUnit.IMAGE,
    "img": OfferUnit.IMAGE,
    "photo": OfferUnit.IMAGE,
    "render": OfferUnit.IMAGE,
    "piece": OfferUnit.IMAGE,
    "megapixel": OfferUnit.MEGAPIXEL,
    "mp": OfferUnit.MEGAPIXEL,
    "month": OfferUnit.MONTH,
    "mo": OfferUnit.MONTH,
    "monthly": OfferUnit.MONTH,
    "token": OfferUnit.PROMPT_TOKEN,
}
PER = r"""\ *(?:(?:per|/|an?|each|every|for\ each)\ *)?
    (?P<unit>images?|pictures?|pics?|photos?|renders?|generations?|imgs?|megapixels?|mp|month(?:ly)?|mo|
        (?P<many>1[.,]?000|1\ ?k|a?\ ?thousand|100|a?\ ?hundred)\ (?:images?|pictures?|pics?|photos?|generations?)|
        (?:1\ ?m(?:illion)?|million|m)\ tokens?|(?P<alone>piece))\b"""
PRICE = rf"""{MOST}? (?:
    (?P<sign>us\$|[$€£])\ ?{NUMBER}
    | {NUMBER.replace("number", "number3")}\ ?(?P<sign2>[$€£])
    | {NUMBER.replace("number", "number2")}\ ?(?P<currency>usd|eur|gbp|dollars?|bucks?|euros?|pounds?|cents?|¢|ct)\b
    ) (?:{PER})? (?:\ (?:at\ most|at\ max|max(?:imum)?|or\ less|tops)\b)?"""
CENTS = re.compile(r"cents?|¢|ct")
TOKENS_SOLD = 1_000_000


def price(match: Match) -> Constraint | None:
    """Read an amount of money and what it is for.

    An amount without a unit is for an image below one dollar and for a month from there on: nobody
    pays a cent a month or ten dollars a picture.
    """
    amount = Decimal((match["number"] or match["number2"] or match["number3"]).replace(",", "."))
    word = (match["currency"] or "").rstrip("s")
    if CENTS.fullmatch(match["currency"] or ""):
        amount /= 100
    currency = SIGNS.get(match["sign"] or match["sign2"] or "") or WORDS.get(word, "USD")
    if match["many"]:
        amount /= 100 if match["many"] == "100" or "hundred" in match["many"] else 1000
    unit = _unit(match["unit"] or "") or (OfferUnit.IMAGE if amount < 1 else OfferUnit.MONTH)
    what = "1M tokens" if unit == OfferUnit.PROMPT_TOKEN else unit.value
    label = f"At most {SHOWN[currency]}{amount.normalize():f} per {what}"
    each = amount / TOKENS_SOLD if unit == OfferUnit.PROMPT_TOKEN else amount
    return Constraint(ConstraintKind.PRICE, label, f"{each.normalize():f} {currency}", unit.value)


def _unit(word: str) -> OfferUnit | None:
    return UNITS.get(word.rsplit(maxsplit=1)[-1].rstrip("s")) if word else None


# The cheapest first, and for how many pictures; "cheaper" asks for that only beside what it is compared with.
CHEAPEST = re.compile(
    r"\b(?:(?:the|a|find|what(?:'s|\ is)|which(?:\ is)?)\ )*(?:cheapest|least\ expensive|most\ affordable|"
    r"lowest[\ -](?:price|cost|priced)|lowest\ price|best\ price|most\ economical|inexpensive|affordable|low[\ -]cost|"
    # A cheap machine says nothing about the price of a picture.
    r"cheap(?!\ (?:gpus?|(?:graphics\ |video\ )?cards?|laptops?|pcs?|computers?|machines?|hardware)\b|-))"
    r"(?:\ (?:way|option|possibility|method|service|one)(?:\ (?:to|for|of))?)?\b"
)
CHEAPER = re.compile(r"\b(?:cheaper|less\ expensive|more\ affordable)\b")
# Any number is a volume after "for"; elsewhere one of pictures, one a month, or the query's last word.
VOLUME = re.compile(
    r"\b(?:(?P<said>for|to\ make|make|making)\ |of\ )?"
    r"(?P<volume>\d{1,3}(?:[.,' ]\d{3})+|\d{2,7}|\d+\ ?k|thousands|hundreds)"
    r"(?:\ of)?(?:\ (?:images|pictures|pics)(?=\ (?:a|per|every|each)\ month|\ monthly|\W*$))?"
    r"(?:\ (?:(?:a|per|every|each)\ month|monthly))?"
    r"(?(said)\b|(?:(?=\W*$|\ (?:\w+\ ){0,2}(?:images|pictures|pics|photos)\b)|"
    r"(?<=month)|(?<=monthly)|(?<=images)|(?<=pictures)|(?<=pics)))"
)
# Without "cheapest", only a number of pictures a month is a volume: "10,000 photos" may be what one has.
MONTHLY = re.compile(
    r"\b(?:(?:for|of|about|around|roughly|make|making|generate|generating)\ )*"
    r"(?P<volume>\d{1,3}(?:[.,' ]\d{3})+|\d{2,7}|\d+\ ?k|thousands|hundreds)(?:\ of)?"
    r"\ (?:images|pictures|pics|photos|generations)(?:\ (?:(?:a|per|every|each)\ month|monthly)|\ ?/\ ?month)\b"
)


def pictures(words: str) -> int:
    """Return how many pictures a volume says.

    >>> pictures("10,000"), pictures("5k"), pictures("thousands")
    (10000, 5000, 1000)
    """
    if words in {"thousands", "hundreds"}:
        return 1000 if words == "thousands" else 100
    return int(re.sub(r"\D", "", words)) * (1000 if words.endswith("k") else 1)


# Memory of cards that people name instead of a size, in gigabytes.
CARDS = {
    "3060": 12,
    "3070": 8,
    "3080": 10,
    "3090": 24,
    "4060": 8,
    "4070": 12,
    "4080": 16,
    "4090": 24,
    "5070": 12,
    "5080": 16,
    "5090": 32,
    "1060": 6,
    "1070": 8,
    "1080": 8,
    "2060": 6,
    "2070": 8,
    "2080": 8,
}
GIGABYTES = r"(?:gb|gib|gigs?|gigabytes?)"
MEMORY = rf"""(?:(?:that\ |which\ |can\ |to\ )*(?:runs?|running|works?|fits?|fit)\ )?
    (?:(?:on|in|into|within|with|under|for|using|only|at\ most|less\ than|max(?:imum)?|my|a|an|the)\ )*
    {NUMBER}\ ?-?{GIGABYTES}\b(?!\ (?:of\ )?(?:disk|storage|download|file|dataset|ssd))
    (?:\ (?:of\ )?(?:v?ram|video\ memory|gpu\ memory|graphics\ memory|memory))?
    (?:\ (?:nvidia\ |amd\ |graphics\ |video\ )?(?:cards?|gpus?|laptops?|mac(?:book)?s?|machines?|pcs?))?"""
CARD = rf"""(?:(?:that\ |which\ |can\ )*(?:runs?|works?|fits?)\ )?(?:(?:on|with|my|a|an|the)\ )*
    (?:nvidia\ )?(?:geforce\ )?(?:rtx|gtx)\ ?-?(?P<card>{"|".join(CARDS)})(?:\ ?(?:ti|super|laptop))*
    (?:\ (?P<number>\d+)\ ?{GIGABYTES})?"""


def memory(match: Match) -> Constraint:
    """Read how much memory there is."""
    size = Decimal(match["number"].replace(",", "."))
    return Constraint(ConstraintKind.MEMORY, f"Runs in {size.normalize():f} GB", f"{size.normalize():f}")


def card(match: Match) -> Constraint:
    """Read how much memory there is from the name of a graphics card."""
    size = match["number"] or str(CARDS[match["card"]])
    return Constraint(ConstraintKind.MEMORY, f"Runs in {size} GB (RTX {match['card']})", size)


PARAMETERS = rf"""(?:(?:under|below|less\ than|smaller\ than|at\ most|up\ to|max(?:imum)?|no\ more\ than)\ |<=?\ ?)
    {NUMBER}\ ?(?:b|bn|billion)\b(?:\ param(?:eter)?s?)?"""


def parameters(match: Match) -> Constraint:
    """Read how large a model may be, in billions of parameters."""
    size = Decimal(match["number"].replace(",", "."))
    count = int(size * 1_000_000_000)
    return Constraint(ConstraintKind.PARAMETERS, f"At most {size.normalize():f}B parameters", str(count))
