"""The part of schema.org that the pages use, as its definitions have it: types, properties, kinds of values."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

TEXT, NUMBER, URL, DATE = "Text", "Number", "URL", "Date"
THING = {"name": {TEXT}, "description": {TEXT}, "url": {URL}, "identifier": {TEXT}, "alternateName": {TEXT}}
WORK = {
    **THING,
    "author": {"Organization"},
    "creator": {"Organization"},
    "license": {URL},
    "datePublished": {DATE},
    "thumbnailUrl": {URL},
    "creditText": {TEXT},
}
MEDIA = {**WORK, "contentUrl": {URL}, "encodingFormat": {TEXT}, "width": {NUMBER}, "height": {NUMBER}}
KNOWN: dict[str, dict[str, set[str]]] = {
    "Organization": THING,
    "SoftwareApplication": {
        **WORK,
        "additionalType": {URL},
        "applicationCategory": {TEXT},
        "featureList": {TEXT},
        "softwareRequirements": {TEXT},
        "memoryRequirements": {TEXT},
        "offers": {"Offer"},
    },
    "Offer": {
        **THING,
        "seller": {"Organization"},
        "price": {TEXT, NUMBER},
        "priceCurrency": {TEXT},
        "priceSpecification": {"UnitPriceSpecification"},
    },
    "UnitPriceSpecification": {**THING, "price": {TEXT}, "priceCurrency": {TEXT}, "unitText": {TEXT}},
    "ImageObject": {**MEDIA, "caption": {TEXT}, "digitalSourceType": {URL}},
    "DataDownload": MEDIA,
    "Dataset": {
        **WORK,
        "variableMeasured": {TEXT},
        "measurementTechnique": {TEXT},
        "distribution": {"DataDownload"},
    },
    "Observation": {
        **THING,
        "observationAbout": {"SoftwareApplication"},
        "observationDate": {DATE},
        "variableMeasured": {TEXT},
        "measurementTechnique": {TEXT},
        "value": {NUMBER},
        "marginOfError": {"QuantitativeValue"},
    },
    "QuantitativeValue": {**THING, "minValue": {NUMBER}, "maxValue": {NUMBER}, "value": {NUMBER}},
    "ItemList": {
        **THING,
        "itemListOrder": {URL},
        "numberOfItems": {NUMBER},
        "itemListElement": {"ListItem"},
    },
    "BreadcrumbList": {**THING, "itemListElement": {"ListItem"}},
    "ListItem": {**THING, "position": {NUMBER}, "item": {URL}},
}
# What readers of such data refuse to do without.
NEEDED = {
    "SoftwareApplication": {"name"},
    "Offer": {"price", "priceCurrency"},
    "Dataset": {"name", "description"},
    "ImageObject": {"contentUrl", "creditText", "digitalSourceType"},
    "ListItem": {"position"},
    "Observation": {"value", "observationAbout", "marginOfError"},
}


def problems(item: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an item and everything inside it, in words."""
    kind = str(item.get("@type"))
    if kind not in KNOWN:
        return [f"{kind} is no type that the pages may state"]
    found = [f"{kind} lacks {name}" for name in NEEDED.get(kind, set()) - item.keys()]
    for name, value in item.items():
        if name.startswith("@"):
            continue
        if name not in KNOWN[kind]:
            found.append(f"{kind} has no {name}")
            continue
        for part in value if isinstance(value, list) else [value]:
            found += _value_problems(f"{kind}.{name}", part, KNOWN[kind][name])
    return found + list(_order_problems(kind, item))


def _value_problems(where: str, value: Any, allowed: set[str]) -> list[str]:
    if isinstance(value, Mapping):
        inner = [] if value.get("@type") in allowed else [f"{where} may not hold {value.get('@type')}"]
        return inner + problems(value)
    return [] if any(_is_a(value, kind) for kind in allowed) else [f"{where}: {value!r} is none of {allowed}"]


def _is_a(value: Any, kind: str) -> bool:
    if kind == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str) or not value.strip():
        return False
    if kind == URL:
        return value.startswith(("https://", "http://"))
    if kind == DATE:
        return bool(dt.date.fromisoformat(value))
    return kind == TEXT


def _order_problems(kind: str, item: Mapping[str, Any]) -> Iterable[str]:
    elements = item.get("itemListElement", [])
    if [part.get("position") for part in elements] != list(range(1, len(elements) + 1)):
        yield f"{kind}: positions do not count from 1"
    if kind == "ItemList" and item.get("numberOfItems") != len(elements):
        yield f"{kind}: numberOfItems is not the number of items"
