"""Storefront ECM: OpenText inside a merchant's store, and what was approved there back in the store."""

__version__ = "0.1.0"
