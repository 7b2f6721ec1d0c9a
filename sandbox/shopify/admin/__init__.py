"""The admin people see: pages of a shop, frames that hold apps, and a host for admin UI extensions."""

from sandbox.shopify.admin.door import AdminDoor

__all__ = ["AdminDoor"]
