"""What the merchant's hands show of each thing: queries in the API's own words."""

MONEY = "{ shopMoney { amount currencyCode } }"
ADDRESS = "{ name company address1 address2 city provinceCode zip countryCodeV2 phone }"
METAFIELDS = "metafields(first: 50) { nodes { id namespace key type value } }"

ORDER_HEAD = f"""
  id name createdAt updatedAt processedAt cancelledAt cancelReason closed email note tags poNumber
  displayFinancialStatus displayFulfillmentStatus returnStatus currencyCode
  totalPriceSet {MONEY} currentTotalPriceSet {MONEY} totalOutstandingSet {MONEY} totalRefundedSet {MONEY}
  billingAddress {ADDRESS} shippingAddress {ADDRESS}
  customer {{ id displayName }} risk {{ recommendation }}
  purchasingEntity {{ ... on PurchasingCompany {{ company {{ id name }} location {{ id name }} }} }}
"""
ORDER = f"""{ORDER_HEAD}
  lineItems(first: 100) {{ nodes {{ id title variantTitle sku quantity currentQuantity unfulfilledQuantity
    refundableQuantity discountedTotalSet {MONEY} variant {{ id }} product {{ id }} }} }}
  transactions {{ id kind status gateway processedAt amountSet {MONEY} }}
  fulfillmentOrders(first: 50) {{ nodes {{ id status requestStatus
    fulfillmentHolds {{ id reason reasonNotes handle }} }} }}
  fulfillments {{ id name status displayStatus trackingInfo {{ company number url }} }}
  returns(first: 50) {{ nodes {{ id name status }} }}
  refunds {{ id createdAt note totalRefundedSet {MONEY} }}
  disputes {{ id status initiatedAs }}
  events(first: 100) {{ nodes {{ id createdAt action message appTitle }} }}
  {METAFIELDS}
"""
RETURN = """
  id name status createdAt requestApprovedAt closedAt totalQuantity decline { reason note } order { id name }
  returnLineItems(first: 100) { nodes { id quantity ... on ReturnLineItem { processedQuantity refundedQuantity
    customerNote returnReasonNote returnReasonDefinition { handle name }
    fulfillmentLineItem { lineItem { id title sku } } } } }
"""
REFUND = f"""
  id createdAt note totalRefundedSet {MONEY} order {{ id name }} return {{ id name }}
  refundLineItems(first: 100) {{ nodes {{ quantity restockType lineItem {{ id title }} }} }}
"""
FULFILLMENT = """
  id name status displayStatus createdAt deliveredAt totalQuantity order { id name }
  trackingInfo { company number url }
  fulfillmentLineItems(first: 100) { nodes { quantity lineItem { id title sku } } }
"""
FULFILLMENT_ORDER = """
  id status requestStatus fulfillAt fulfillBy orderName order { id name }
  fulfillmentHolds { id reason reasonNotes handle }
  lineItems(first: 100) { nodes { id totalQuantity remainingQuantity } }
"""
DISPUTE = """
  id type status initiatedAt evidenceDueBy evidenceSentOn finalizedOn amount { amount currencyCode }
  reasonDetails { reason networkReasonCode } order { id name }
  disputeEvidence { id submitted uncategorizedText refundPolicyDisclosure cancellationPolicyDisclosure
    customerEmailAddress }
"""
CHECKOUT = f"""
  id name createdAt updatedAt completedAt abandonedCheckoutUrl totalPriceSet {MONEY} customer {{ id displayName }}
  lineItems(first: 100) {{ nodes {{ title sku quantity }} }}
"""
PRODUCT = f"""
  id title handle status descriptionHtml vendor productType tags createdAt updatedAt publishedAt totalInventory
  seo {{ title description }}
  variants(first: 100) {{ nodes {{ id title sku price inventoryQuantity inventoryPolicy }} }}
  resourcePublicationsV2(first: 20) {{ nodes {{ isPublished publication {{ id }} }} }}
  media(first: 50) {{ nodes {{ id alt mediaContentType status }} }}
  {METAFIELDS}
"""
CUSTOMER = f"""
  id displayName firstName lastName note tags state taxExempt taxExemptions locale createdAt updatedAt numberOfOrders
  defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }} defaultAddress {ADDRESS}
  companyContactProfiles {{ id title company {{ id name }} }}
  {METAFIELDS}
"""
LOCATION = """
  id name externalId phone note createdAt updatedAt company { id name }
  taxSettings { taxExempt taxExemptions taxRegistrationId }
  shippingAddress { address1 city zip countryCode } catalogs(first: 20) { nodes { id title status } }
"""
COMPANY = f"""
  id name externalId note customerSince createdAt updatedAt mainContact {{ id title customer {{ id displayName }} }}
  contacts(first: 50) {{ nodes {{ id title customer {{ id displayName }} }} }}
  locations(first: 50) {{ nodes {{ id name externalId }} }}
  {METAFIELDS}
"""
DRAFT = f"""
  id name status createdAt updatedAt completedAt invoiceSentAt invoiceUrl email note2 tags taxExempt
  totalPriceSet {MONEY} subtotalPriceSet {MONEY} order {{ id name }} customer {{ id displayName }}
  lineItems(first: 100) {{ nodes {{ id title sku quantity }} }}
"""
PAGE = "id title handle body isPublished publishedAt createdAt updatedAt"
POLICY = "id type title body createdAt updatedAt url"
SUBSCRIPTION = "id topic uri filter includeFields name createdAt"
STORE = f"""
  id name email contactEmail myshopifyDomain currencyCode ianaTimezone taxesIncluded shipsToCountries
  plan {{ publicDisplayName shopifyPlus }} shopAddress {{ countryCodeV2 city zip address1 }} {METAFIELDS}
"""
MARKET = """
  id name handle status type
  conditions { companyLocationsCondition { applicationLevel companyLocations(first: 50) { nodes { id name } } } }
"""
_VALUE = "... on DiscountPercentage { percentage } ... on DiscountAmount { amount { amount } }"
_GETS = f"customerGets {{ value {{ {_VALUE} }} }}"
DISCOUNT = f"""
  id discount {{ __typename
    ... on DiscountCodeBasic {{
      title status startsAt endsAt usageLimit codes(first: 2) {{ nodes {{ code }} }} {_GETS} }}
    ... on DiscountAutomaticBasic {{ title status startsAt endsAt {_GETS} }} }}
"""
