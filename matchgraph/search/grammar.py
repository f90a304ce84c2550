"""The words in which visitors ask for prices, licences, memory and the like. Plain Python.

Each rule is a pattern and what it means; the first rule that claims a stretch of the query keeps it,
so the order is from the specific to the general.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from catalog.vocabulary import Kind
from matchgraph.search.quantities import (
    CARD,
    MEMORY,
    PARAMETERS,
    PRICE,
    Match,
    card,
    memory,
    parameters,
    price,
)
from matchgraph.search.records import Constraint, ConstraintKind
from matchgraph.search.taken import GAP

Meaning = Callable[[Match], Constraint | None]


@dataclass(frozen=True)
class Rule:
    """A pattern over the lower-case query. A meaning of ``None`` takes the words and asks for nothing."""

    pattern: re.Pattern[str]
    meaning: Meaning


def rule(pattern: str, meaning: Constraint | Meaning | None) -> Rule:
    """Return a rule from a pattern with whitespace and comments."""
    found = meaning if callable(meaning) else lambda _match: meaning
    return Rule(re.compile(pattern, re.VERBOSE), found)


LICENCES = {
    "apache": ("Apache licence", "Apache-"),
    "mit": ("MIT licence", "MIT"),
    "gpl": ("GPL licence", "GPL-"),
    "agpl": ("AGPL licence", "AGPL-"),
    "openrail": ("OpenRAIL licence", "OpenRAIL"),
}


def licence(match: Match) -> Constraint:
    """Read the family of a licence."""
    label, prefix = LICENCES[match["licence"]]
    return Constraint(ConstraintKind.LICENCE, label, prefix)


SOFTWARE = "software"
KINDS = {
    "model": Kind.MODEL.value,
    "checkpoint": Kind.MODEL.value,
    "librar": Kind.LIBRARY.value,
    "package": Kind.LIBRARY.value,
    "sdk": Kind.LIBRARY.value,
    "repo": Kind.REPOSITORY.value,
    "extension": Kind.EXTENSION.value,
    "plug": Kind.EXTENSION.value,
    "add": Kind.EXTENSION.value,
    "dataset": Kind.DATASET.value,
    "benchmark": Kind.BENCHMARK.value,
    "paper": Kind.PAPER.value,
    "app": SOFTWARE,
    "software": SOFTWARE,
    "tool": SOFTWARE,
    "web": SOFTWARE,
    "gui": SOFTWARE,
    "ui": SOFTWARE,
    "program": SOFTWARE,
    "interface": SOFTWARE,
}
KIND_NAMES = {
    Kind.MODEL.value: "Models",
    Kind.LIBRARY.value: "Libraries",
    Kind.REPOSITORY.value: "Repositories",
    Kind.EXTENSION.value: "Extensions",
    Kind.DATASET.value: "Datasets",
    Kind.BENCHMARK.value: "Benchmarks",
    Kind.PAPER.value: "Papers",
    SOFTWARE: "Software to run models with",
}


def kind(match: Match) -> Constraint:
    """Read what kind of artifact is looked for."""
    value = next(value for start, value in KINDS.items() if match["kind"].startswith(start))
    return Constraint(ConstraintKind.KIND, KIND_NAMES[value], value)


def _asks(asked: ConstraintKind, label: str) -> Constraint:
    return Constraint(asked, label, asked.value)


OPEN_WEIGHTS = _asks(ConstraintKind.OPEN_WEIGHTS, "Open weights")
OPEN_SOURCE = _asks(ConstraintKind.OPEN_SOURCE, "Open source")
COMMERCIAL = _asks(ConstraintKind.COMMERCIAL, "Commercial use allowed")
FREE = _asks(ConstraintKind.FREE, "Free")
NO_GPU = _asks(ConstraintKind.NO_GPU, "No GPU of your own")
HOSTED = _asks(ConstraintKind.HOSTED, "Hosted, by API")
LOCAL = _asks(ConstraintKind.LOCAL, "Runs on your own machine")

# What goes in and what comes out, each in the words of the catalogue, joined as "in+in>out".
MODALITIES = {
    "text>image": "Text to image",
    "image>image": "Image to image",
    "image>text": "Image to text",
    ">video": "Makes video",
    ">3d": "Makes 3D",
}


def _modality(value: str) -> Constraint:
    return Constraint(ConstraintKind.MODALITY, MODALITIES[value], value)


TO = r"[\ -]?(?:to|2|into)[\ -]?"
TEXT, PICTURE = r"(?:te?xts?|prompts?|words)", r"(?:images?|img|pictures?|pics?|photos?)"

KIND_NOUN = r"""(?P<kind>models?|checkpoints?|librar(?:y|ies)|packages?|sdks?|repo(?:s|sitory|sitories)?|
    extensions?|plug-?ins?|add-?ons?|datasets?|benchmarks?|papers?|apps?|software|tools?|web\ ?-?uis?|web\ ?apps?|guis?|uis?|programs?|
    interfaces?)"""

RULES = (
    rule(
        r"""\b(?:non-?\ ?|(?:not|no)\ (?:for\ |need\ (?:for|of)\ )?)commercial(?:ly)?(?:\ use|\ projects?|\ purposes?)?\b""",
        None,
    ),
    rule(
        r"""\b(?:does\ ?n[o']t\ (?:have|need)\ to\ be|doesn't\ (?:have|need)\ to\ be|need\ not\ be|not\ necessarily|not|no\ need\ for)\ (?:an?\ )?
        (?:free|open[\ -]sourced?|open[\ -]weights?|local|locally|offline)(?!\w)""",
        None,
    ),
    rule(
        r"""\b(?:no|not|without|never)\ (?:an?\ |any\ |in\ the\ |using\ )*(?:apis?|cloud|hosted|saas|online\ service|internet|uploads?)
        (?:\ (?:service|needed|required|connection))*\b""",
        LOCAL,
    ),
    rule(rf"\b{TEXT}{TO}{PICTURE}\b|\bt2i\b(?!-)", _modality("text>image")),
    rule(rf"\b{PICTURE}{TO}{PICTURE}\b|\bi2i\b(?!-)", _modality("image>image")),
    rule(rf"\b{PICTURE}{TO}{TEXT}\b", _modality("image>text")),
    rule(
        rf"\b(?:{TEXT}|{PICTURE}){TO}videos?\b|\bvideo\ generat(?:ion|or)\b|\b(?:t2v|i2v)\b",
        _modality(">video"),
    ),
    rule(rf"\b(?:{TEXT}|{PICTURE}){TO}3d\b", _modality(">3d")),
    rule(
        r"\b(?:royalty|copyright|licen[cs]e|hands|distraction|classifier|seed|training|gluten)-?\ ?free\b",
        lambda _: None,
    ),
    rule(PRICE, price),
    rule(rf"\b{CARD}", card),
    rule(rf"\b{MEMORY}", memory),
    rule(rf"\b{PARAMETERS}", parameters),
    rule(
        r"""\b(?:(?:with(?:out)?|no|not|don'?t|do\ not|doesn'?t|does\ not|have|having|need(?:s|ing|ed)?|require|using|
        a|an|any|own|my|dedicated|i|nvidia|working)\ )*(?:without|no|don'?t\ have|do\ not\ have|doesn'?t\ need|
        does\ not\ need|not\ need|not\ have|haven'?t\ got|has\ no|have\ no|don'?t\ own|lack(?:s|ing)?)\ (?:(?:a|an|any|my|own|good|nvidia|dedicated|having|needing|
        need\ for|expensive|strong)\ )*(?:gpu|graphics\ card|video\ card|cuda|nvidia(?:\ card)?)\b""",
        NO_GPU,
    ),
    rule(
        r"\b(?:gpu-?\ ?(?:less|free)|integrated\ graphics|only\ an?\ (?:cpu|processor)|weak\ office\ (?:pc|laptop))\b",
        NO_GPU,
    ),
    rule(
        r"\b(?:(?:runs?\ |works?\ )?(?:on|with|using)\ (?:a\ |my\ |the\ )?)?cpu(?:[\ -]only|\ alone)\b",
        NO_GPU,
    ),
    rule(r"\b(?:runs?|running|works?|generate)\ on\ (?:a\ |my\ |the\ |just\ (?:a\ )?)?cpus?\b", NO_GPU),
    rule(
        r"""\b(?:(?:that\ |which\ )?(?:i\ can\ |allows?\ |allowing\ |permits?\ |with\ |for\ |ok\ for\ |okay\ for\ |
        licensed\ for\ |usable\ |use\ )*)commercial(?:ly)?(?:\ (?:use|usage|licen[cs]e|projects?|work|purposes?|
        products?|rights|usable|allowed|ok|friendly))*\b""",
        COMMERCIAL,
    ),
    rule(
        r"""\b(?:(?:that\ |which\ |where\ |so\ )?i\ can\ |allowed\ to\ |to\ |for\ )?(?:re)?(?:sell(?:ing)?|moneti[sz]e)
        (?:\ (?:the|my|its))?(?:\ (?:images?|pictures?|results?|outputs?|prints?|art))?\b""",
        COMMERCIAL,
    ),
    rule(
        r"""\bfor\ (?:(?:my|our|a|the)\ )?(?:business(?:\ use)?|company|startup|shop|clients?(?:\ work)?|client\ work|
        paid\ work)\b|\b(?:business\ use|client\ work)\b""",
        COMMERCIAL,
    ),
    rule(
        r"""\b(?:(?:with|has|have|having)\ )?(?:open(?:ly)?[\ -]?(?:licensed\ )?weights?|
        (?:downloadable|published|released|public|free|available)\ weights|weights\ (?:(?:that\ )?i\ can\ download|
        available|are\ open|to\ download|published|public)|downloadable\ models?(?=\ |$)|open(?=\ models?\b))""",
        OPEN_WEIGHTS,
    ),
    rule(r"\b(?:open[\ -]?sourced?|foss|oss|libre|osi[\ -]approved)\b", OPEN_SOURCE),
    rule(
        r"""\b(?:(?:under|with|has)\ (?:an?\ |the\ )?)?(?P<licence>apache|mit|a?gpl|openrail)(?:[\ -]?(?:v\ ?)?[23](?:\.0)?)?
        (?:[\ -]licen[cs](?:ed?|ing)|(?<=apache\ 2\.0)|(?<=apache-2\.0)|(?<=apache\ 2))""",
        licence,
    ),
    rule(
        r"""\b(?:(?:for|at|is|completely|totally|100%)\ )*(?:free(?:\ (?:of\ charge|to\ use|tier|plan|credits|of\ cost|forever))?
        |no\ cost|zero\ cost|at\ no\ charge|without\ (?:paying|costs?|payment|money|a\ credit\ card|credit\ card|subscription)|
        no\ (?:subscription|credit\ card|payment|money|budget|fees?)|gratis|costs?\ nothing|for\ nothing|
        without\ (?:spending|fees)|(?:don'?t|do\ not)\ want\ to\ pay|[$€£]\ ?0(?![.,\d]))(?!\w)""",
        FREE,
    ),
    rule(
        r"""\b(?:(?:to\ |that\ |which\ |i\ can\ |can\ be\ |it\ )*(?:run|runs|running|host|hosted|use|work|works|installed?)
        \ )?(?:self[\ -]?host(?:ed|able|ing)?|locally|offline|on[\ -]prem(?:ises?)?|without\ (?:the\ |an?\ )?(?:internet|
        cloud)(?:\ connection)?|on[\ -]device|air[\ -]?gapped|on\ (?:my|your|our)\ (?:own\ )?(?:pc|machine|computer|hardware|laptop|gpu|server|desktop|mac|
        macbook)|at\ home|local(?=\ (?:model|install|inference|tool|app|generation|use)|$))(?!\w)""",
        LOCAL,
    ),
    rule(
        r"""\b(?:(?:with|via|has|by|over|through|using|behind|call(?:ed|able)?|available|an?|the|as)\ )*
        (?:(?:hosted|cloud|inference|paid|managed|public)[\ -])*(?:(?<!rest\ )(?<!http\ )apis?|hosted|saas|cloud[\ -]based|
        in\ the\ cloud|pay[\ -]per[\ -]use|serverless|hosting)\b""",
        HOSTED,
    ),
)

# Kinds stand at the head of a query ("a small model for …", "web ui that …") or end it; elsewhere the
# word belongs to what is to be done ("train a LoRA for my model").
HEAD_KIND = re.compile(
    rf"""^(?P<asked>(?:which|what)\ )?
    (?:(?:i|we)\ (?:need|want|am\ looking\ for)\ |looking\ for\ |find\ (?:me\ )?|show\ (?:me\ )?|
    recommend\ (?:me\ )?|is\ there\ |what(?:'s|\ is|\ are)\ |give\ me\ )*
    (?:(?:an?|the|any|some|best|good|great|top|cheap(?:est)?|small(?:est)?|fast(?:est)?|new(?:est)?|latest|simple|
    easy|easiest|image|picture|text[\ -]to[\ -]image|generation|generator|ai|diffusion|python|lightweight|tiny|
    quick(?:est)?|decent|desktop|mobile|github|command[\ -]line|native|strong(?:est)?|most|accurate|realistic|
    anime|photorealistic|beginner|user|friendly|beginner-friendly|user-friendly|portable|of|{GAP})\ )*
    {KIND_NOUN}(?(asked)(?=\ |$)|(?=\ (?:for|to|that|which|with|without|like|similar|can|on|in|is|are|does|do|
    should|good|under|of|where|from|by|supporting|able|capable|i\ can)\b|\ {GAP}|$))""",
    re.VERBOSE,
)
