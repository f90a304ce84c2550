"""The words that the catalogue uses for kinds, openness, units and origins.

Plain enumerations: the YAML schema, the database constraints and the pages read the same lists.
"""

import re
from enum import StrEnum

# ``-vs-`` separates the two sides of a comparison's URL, so no slug may contain it.
SLUG_PATTERN = r"^(?!.*-vs-)[a-z0-9]+(-[a-z0-9]+)*$"
SLUG_REGEX = re.compile(SLUG_PATTERN)


class Kind(StrEnum):
    """What an artifact is."""

    AGENT = "agent"
    API = "api"
    APP = "app"
    BENCHMARK = "benchmark"
    CLI = "cli"
    DATASET = "dataset"
    EXTENSION = "extension"
    FINETUNE = "finetune"
    FRAMEWORK = "framework"
    LIBRARY = "library"
    MCP = "mcp"
    MODEL = "model"
    PAPER = "paper"
    PLATFORM = "platform"
    PRODUCT = "product"
    PROMPT = "prompt"
    REPOSITORY = "repository"
    SKILL = "skill"
    TEMPLATE = "template"
    WEBAPP = "webapp"
    WORKFLOW = "workflow"


# What makes pictures by itself and so can be measured; everything else runs, extends or describes what does.
PICTURE_MAKERS = frozenset({Kind.API, Kind.FINETUNE, Kind.MODEL, Kind.PRODUCT})


class Openness(StrEnum):
    """How much of an artifact one can have, from everything to an API alone."""

    OPEN_SOURCE = "open-source"
    OPEN_WEIGHTS = "open-weights"
    WEIGHTS_ON_REQUEST = "weights-on-request"
    API_ONLY = "api-only"


class Permission(StrEnum):
    """Answer to "may I use it commercially?"."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"


class Status(StrEnum):
    """Whether an artifact is still looked after."""

    ACTIVE = "active"
    MAINTENANCE = "maintenance"
    DEPRECATED = "deprecated"
    ARCHIVED = "archived"
    DORMANT = "dormant"

    @property
    def is_given_up(self) -> bool:
        """Return whether whoever publishes it tells people to use something else, or no longer looks after it."""
        return self in {Status.DEPRECATED, Status.ARCHIVED}


class Modality(StrEnum):
    """What goes in and what comes out."""

    TEXT = "text"
    IMAGE = "image"
    MASK = "mask"
    VIDEO = "video"
    AUDIO = "audio"
    CODE = "code"
    WEIGHTS = "weights"
    DATASET = "dataset"
    EMBEDDING = "embedding"
    SCORE = "score"
    THREE_D = "3d"


class LinkRel(StrEnum):
    """What a link leads to."""

    HOMEPAGE = "homepage"
    WEIGHTS = "weights"
    REPOSITORY = "repository"
    PAPER = "paper"
    DOCUMENTATION = "documentation"
    API = "api"
    PACKAGE = "package"
    LICENCE = "licence"
    PRICING = "pricing"


class SourceKind(StrEnum):
    """Who says it; the order is the precedence of a fact, strongest first."""

    MEASURED = "measured"
    REGISTRY = "registry"
    PUBLISHER = "publisher"
    DOCUMENT = "document"
    COMMUNITY = "community"
    BUILDER = "builder"


class OfferKind(StrEnum):
    """How one gets to run it. "Free to run yourself" is not a free hosted tier."""

    HOSTED = "hosted"
    FREE_TIER = "free-tier"
    SELF_HOSTED = "self-hosted"


class OfferUnit(StrEnum):
    """What one amount buys one of."""

    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    PROMPT_TOKEN = "prompt-token"
    CACHED_PROMPT_TOKEN = "cached-prompt-token"
    COMPLETION_TOKEN = "completion-token"
    IMAGE_TOKEN = "image-token"
    GPU_SECOND = "gpu-second"
    MONTH = "month"
    CREDIT = "credit"


class Confidence(StrEnum):
    """How sure we are that a capability is as described."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Origin(StrEnum):
    """Who stated a capability."""

    CURATED = "curated"
    DECOMPOSED = "decomposed"
    BUILDER = "builder"
    MEASURED = "measured"


class Claimant(StrEnum):
    """Who stands behind a benchmark value: the benchmark's authors, the artifact's maker, others.

    The order says which of several equal values is the original and which repeat it.
    """

    BENCHMARK = "benchmark"
    VENDOR = "vendor"
    THIRD_PARTY = "third-party"
    USER = "user"


class RelationType(StrEnum):
    """How one artifact relates to another, read "A <relation> B"."""

    VARIANT_OF = "variant-of"
    DISTILLED_FROM = "distilled-from"
    QUANTISED_FROM = "quantised-from"
    FINETUNED_FROM = "finetuned-from"
    SUCCESSOR_OF = "successor-of"
    IMPLEMENTS = "implements"
    RUNS = "runs"
