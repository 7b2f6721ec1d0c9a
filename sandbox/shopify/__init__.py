"""A Shopify to test against: admin, OAuth, Admin GraphQL API, webhooks, bulk operations, uploads."""

from sandbox.shopify.standin import Shopify

__all__ = ["Shopify"]
