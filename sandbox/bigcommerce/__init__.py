"""A stand-in for BigCommerce: login, REST V2 and V3, App Extensions, webhooks, one or more stores."""

from sandbox.bigcommerce.standin import BigCommerce

__all__ = ["BigCommerce"]
