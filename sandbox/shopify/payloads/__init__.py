"""Bodies of webhooks. REST-like ones (snake case, numeric ids) differ from what GraphQL gives; three families exist.

Source: Shopify developer documentation, webhook topics. A test holds keys and types against the published samples.
"""
