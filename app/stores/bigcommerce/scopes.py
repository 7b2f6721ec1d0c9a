"""What the app asks a BigCommerce store for, and why: the one list. The settings' default is made of its names.

Source: BigCommerce API reference, "API accounts" (OAuth scopes).
"""

NEEDED = {
    "store_v2_orders": "Orders and their lines, shipments, messages, refunds, capture and void; status and staff notes",
    "store_v2_products": "Products, variants, brands and price lists, and publishing to them",
    "store_v2_customers": "Customers, their groups, attributes and newsletter consents; notes and groups are written",
    "store_v2_content": "Content pages: versions of policies are kept, approved ones published",
    "store_v2_marketing": "Promotions and their codes",
    "store_v2_transactions_read_only": "What the payment provider says of an order: risk, checks, references",
    "store_v2_information_read_only": "The store's name, currency and time zone, and when it takes stock",
    "store_inventory_read_only": "What can be shipped of an order now",
    "store_checkout": "The terms buyers agree to at checkout",
    "store_cart_read_only": "Carts left behind",
    "store_channel_settings_read_only": "The storefronts, each of which has pages and terms of its own",
    "store_app_extensions_manage": "The panels on orders, products and customers",
    "store_v2_default": "Webhooks, and the small facts left on orders, products and customers",
}
