"""Steps about quotes: orders that are none yet, whose prices somebody has to approve."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class OpenPriceRequest:
    """Open a price request for the quote the run is about (fact `quote_id`), once for each quote.

    Only while it is open and carries the tag the preference `tag` names. The discount asked for is the first
    percentage in its note.
    """

    kind: Literal["open_price_request"] = "open_price_request"


@dataclass(frozen=True)
class PriceQuote:
    """Give every line of the case's quote the decided discount, read it back, and send it to the buyer.

    A quote somebody changed since it was decided upon is left alone, and that is said.
    """

    kind: Literal["price_quote"] = "price_quote"


Steps = OpenPriceRequest | PriceQuote
__all__ = ["OpenPriceRequest", "PriceQuote"]
