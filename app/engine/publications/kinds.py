"""Every kind of publication by its name; `Publication.kind` holds these."""

from app.engine.publications.compliance import ComplianceKind
from app.engine.publications.content import ContentKind
from app.engine.publications.kind import Kind
from app.engine.publications.pages import PageKind
from app.engine.publications.prices import PricesKind
from app.engine.publications.promotions import PromotionsKind
from app.engine.publications.terms import TermsKind

CONTENT, COMPLIANCE, PAGE, PRICES = "content", "compliance", "page", "prices"
PROMOTIONS, TERMS = "promotions", "terms"

KINDS: dict[str, Kind] = {
    CONTENT: ContentKind(), COMPLIANCE: ComplianceKind(), PAGE: PageKind(), PRICES: PricesKind(),
    PROMOTIONS: PromotionsKind(), TERMS: TermsKind(),
}  # fmt: skip

# A document of these says everything: what its next version leaves out is taken back.
COMPLETE = frozenset({PRICES, PROMOTIONS})
