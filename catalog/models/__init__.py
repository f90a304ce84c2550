"""Models of the catalogue, one file per concern."""

from catalog.models.adoption import AdoptionSignal
from catalog.models.api_key import ApiKey
from catalog.models.artifact import Artifact, Category, Link, Publisher, Relation
from catalog.models.capability import Capability
from catalog.models.claim import Claim, ClaimEvent, Dispute, Statement
from catalog.models.contest import Contest, ContestEvidence
from catalog.models.dashboard_mail import DashboardMail
from catalog.models.draft import CapabilityDraft
from catalog.models.identity import ArtifactMerge, Identity, MatchProposal
from catalog.models.ingest import IngestRefusal, IngestRun, PageValidator
from catalog.models.maintainer import Invitation, Maintainer, Role
from catalog.models.offer import Offer
from catalog.models.provenance import Fact, SourceCheck, SourceRecord
from catalog.models.reported import ReportedResult
from catalog.models.subscriber import Subscriber

__all__ = [
    "AdoptionSignal",
    "ApiKey",
    "Artifact",
    "ArtifactMerge",
    "Capability",
    "CapabilityDraft",
    "Category",
    "Claim",
    "ClaimEvent",
    "Contest",
    "ContestEvidence",
    "DashboardMail",
    "Dispute",
    "Fact",
    "Identity",
    "IngestRefusal",
    "IngestRun",
    "Invitation",
    "Link",
    "Maintainer",
    "MatchProposal",
    "Offer",
    "PageValidator",
    "Publisher",
    "Relation",
    "ReportedResult",
    "Role",
    "SourceCheck",
    "SourceRecord",
    "Statement",
    "Subscriber",
]
