"""What the page says in schema.org's words. Our rank is no user rating, so it is never said to be one."""

from collections.abc import Sequence

from catalog.models import Artifact
from catalog.pricing import Price
from catalog.vocabulary import Kind, OfferKind

ML_MODEL = "https://w3id.org/fair4ml#MLModel"


def software_application(
    artifact: Artifact, prices: Sequence[Price], features: Sequence[str]
) -> dict[str, object]:
    """Return an artifact as a SoftwareApplication; properties without a value are left out."""
    data: dict[str, object] = {
        "@type": "SoftwareApplication",
        "additionalType": ML_MODEL if artifact.kind in {Kind.MODEL, Kind.FINETUNE} else "",
        "name": artifact.name,
        "alternateName": list(artifact.aliases),
        "description": artifact.summary,
        "url": artifact.get_absolute_url(),
        "applicationCategory": "MultimediaApplication",
        "author": {"@type": "Organization", "name": artifact.publisher.name},
        "license": artifact.licence_url,
        "datePublished": artifact.released_on.isoformat() if artifact.released_on else "",
        "featureList": list(features),
        "softwareRequirements": list(artifact.requirements),
        "memoryRequirements": f"{artifact.memory_gb.normalize():f} GB" if artifact.memory_gb else "",
        "offers": [_offer(price) for price in prices],
    }
    return {key: value for key, value in data.items() if value}


def _offer(price: Price) -> dict[str, object]:
    offer: dict[str, object] = {
        "@type": "Offer",
        "name": price.plan,
        "seller": {"@type": "Organization", "name": price.provider},
        "price": f"{price.amount.normalize():f}",
        "priceCurrency": price.currency,
    }
    if price.kind == OfferKind.HOSTED:
        offer["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": offer["price"],
            "priceCurrency": price.currency,
            "unitText": price.unit.value.replace("-", " ") if price.unit else "",
        }
    return offer
