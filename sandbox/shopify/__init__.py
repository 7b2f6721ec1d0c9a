"""A Shopify to test against: admin, OAuth, Admin GraphQL API, webhooks, bulk operations, uploads."""
