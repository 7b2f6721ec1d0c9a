"""What a catalogue request may hold, and which product fields count as an update."""

from sandbox.bigcommerce.fields import Field, Fields

LONG = Field("string", most=65_535)
SHORT = Field("string", most=255)
AMOUNT = Field("number", least=0)
SIZE = Field("number", least=0, most=9_999_999_999)
COUNT = Field("integer", least=0, most=2_147_483_647)
TRUTH = Field("boolean")
NUMBERS = Field("array", of=Field("integer"))
SORT = Field("integer", least=-2_147_483_648, most=2_147_483_647)

CUSTOM_FIELD: Fields = {
    "name": Field("string", required=True, least=1, most=250),
    "value": Field("string", required=True, least=1, most=250),
}
BULK_RULE: Fields = {
    "id": Field("integer"),
    "quantity_min": Field("integer", required=True, least=0),
    "quantity_max": Field("integer", required=True, least=0),
    "type": Field("string", required=True, choices=("price", "percent", "fixed")),
    "amount": Field("money", required=True),
}
IMAGE: Fields = {
    "product_id": Field("integer"),
    "image_url": Field("string", most=255),
    "is_thumbnail": TRUTH,
    "sort_order": SORT,
    "description": Field("string"),
    "date_modified": Field("string"),
}
VIDEO: Fields = {
    "title": SHORT,
    "description": Field("string"),
    "sort_order": SORT,
    "type": Field("string", choices=("youtube",)),
    "video_id": Field("string", required=True),
}
OPTION_VALUE: Fields = {
    "id": Field("integer"),
    "label": Field("string", required=True, least=1, most=255),
    "option_id": Field("integer"),
    "option_display_name": Field("string", required=True, least=1, most=255),
}
NULLABLE_AMOUNT = Field("number", least=0, nullable=True)
VARIANT: Fields = {
    **dict.fromkeys(
        ("cost_price", "price", "sale_price", "retail_price", "weight", "width", "height", "depth",
         "fixed_cost_shipping_price"),
        NULLABLE_AMOUNT,
    ),
    "map_price": NULLABLE_AMOUNT,
    "is_free_shipping": TRUTH,
    "purchasing_disabled": TRUTH,
    "purchasing_disabled_message": SHORT,
    "image_url": Field("string"),
    "upc": Field("string", most=14),
    "inventory_level": Field("integer", least=0, most=2_147_483_647, nullable=True),
    "inventory_warning_level": Field("integer", least=0, most=2_147_483_647, nullable=True),
    "bin_picking_number": Field("string", most=255, nullable=True),
    "mpn": Field("string"),
    "gtin": Field("string", most=14),
}  # fmt: skip
CREATED_VARIANT: Fields = {
    **VARIANT,
    "sku": Field("string", least=1, most=255),
    "option_values": Field("array", of=OPTION_VALUE),
}
BATCH_VARIANT: Fields = {
    **VARIANT,
    "id": Field("integer", always=True),
    "sku": Field("string", most=255),
    "product_id": Field("integer"),
    "option_values": Field("array", of=OPTION_VALUE),
}

PRODUCT: Fields = {
    "name": Field("string", required=True, least=1, most=250),
    "type": Field("string", required=True, choices=("physical", "digital")),
    "sku": SHORT,
    "description": Field("string"),
    "weight": Field("number", required=True, least=0, most=9_999_999_999),
    **dict.fromkeys(("width", "depth", "height"), SIZE),
    "price": Field("number", required=True, least=0),
    **dict.fromkeys(("cost_price", "retail_price", "sale_price", "map_price", "fixed_cost_shipping_price"), AMOUNT),
    "tax_class_id": Field("integer", least=0, most=255),
    "product_tax_code": SHORT,
    "categories": Field("array", most=1000, of=Field("integer")),
    "brand_id": Field("integer", least=0, most=1_000_000_000),
    "brand_name": Field("string"),
    **dict.fromkeys(("inventory_level", "inventory_warning_level"), COUNT),
    "inventory_tracking": Field("string", choices=("none", "product", "variant")),
    **dict.fromkeys(("is_free_shipping", "is_visible", "is_featured", "is_condition_shown"), TRUTH),
    "related_products": NUMBERS,
    "warranty": LONG,
    "bin_picking_number": SHORT,
    "layout_file": Field("string", most=500),
    "upc": Field("string", most=14),
    "search_keywords": LONG,
    "availability_description": SHORT,
    "availability": Field("string", choices=("available", "disabled", "preorder")),
    "gift_wrapping_options_type": Field("string", choices=("any", "none", "list")),
    "gift_wrapping_options_list": NUMBERS,
    "sort_order": SORT,
    "condition": Field("string", choices=("New", "Used", "Refurbished")),
    **dict.fromkeys(
        ("order_quantity_minimum", "order_quantity_maximum", "view_count"),
        Field("integer", least=0, most=1_000_000_000),
    ),
    "page_title": SHORT,
    "meta_keywords": Field("array", of=Field("string")),
    "meta_description": LONG,
    "preorder_release_date": Field("string", nullable=True),
    "preorder_message": SHORT,
    **dict.fromkeys(("is_preorder_only", "is_price_hidden"), TRUTH),
    "price_hidden_label": Field("string", most=200),
    "custom_url": Field(
        "object",
        of={"url": Field("string", least=1, most=255), "is_customized": TRUTH, "create_redirect": TRUTH},
    ),
    "open_graph_type": Field(
        "string", choices=("product", "album", "book", "drink", "food", "game", "movie", "song", "tv_show")
    ),
    **dict.fromkeys(("open_graph_title", "open_graph_description"), Field("string")),
    **dict.fromkeys(("open_graph_use_meta_description", "open_graph_use_product_name", "open_graph_use_image"), TRUTH),
    "gtin": Field("string", most=14),
    "mpn": Field("string"),
    "date_last_imported": Field("string"),
    **dict.fromkeys(("reviews_rating_sum", "reviews_count", "total_sold"), Field("integer", least=0)),
    "custom_fields": Field("array", most=200, of={"id": Field("integer"), **CUSTOM_FIELD}),
    "bulk_pricing_rules": Field("array", of=BULK_RULE),
    "images": Field("array", of={"id": Field("integer"), "image_file": Field("string"), **IMAGE}),
    "videos": Field("array", of={"id": Field("integer"), "product_id": Field("integer"), **VIDEO}),
    "variants": Field("array", of=CREATED_VARIANT),
}
READ_ONLY: Fields = {
    name: Field("any", read_only=True)
    for name in ("date_created", "date_modified", "calculated_price", "base_variant_id", "parent_relations")
}
CREATE: Fields = {**PRODUCT, **READ_ONLY}
UPDATE: Fields = {**{n: f for n, f in PRODUCT.items() if n != "variants"}, **READ_ONLY}
BATCH: Fields = {**UPDATE, "id": Field("integer", always=True)}

# A change of any other field (custom fields, metafields, mpn, custom_url, …) sends no store/product/updated.
ANNOUNCED = frozenset(
    {
        "availability", "availability_description", "categories", "brand_id", "condition", "description", "width",
        "depth", "height", "weight", "inventory_tracking", "inventory_level", "is_featured", "meta_description",
        "name", "order_quantity_minimum", "order_quantity_maximum", "open_graph_type", "open_graph_title",
        "open_graph_description", "open_graph_use_meta_description", "open_graph_use_product_name",
        "open_graph_use_image", "page_title", "preorder_release_date", "preorder_message", "is_preorder_only",
        "price", "cost_price", "retail_price", "sale_price", "is_price_hidden", "price_hidden_label", "type",
        "related_products", "reviews_count", "search_keywords", "fixed_cost_shipping_price", "is_free_shipping",
        "sku", "sort_order", "thumbnail", "tax_class_id", "layout_file", "total_sold", "upc", "is_visible", "warranty",
    }
)  # fmt: skip

DEFAULTS = {
    "sku": "", "description": "", "width": 0, "depth": 0, "height": 0, "cost_price": 0, "retail_price": 0,
    "sale_price": 0, "map_price": 0, "tax_class_id": 0, "product_tax_code": "", "categories": [], "brand_id": 0,
    "option_set_id": 0, "option_set_display": "right", "inventory_level": 0, "inventory_warning_level": 0,
    "inventory_tracking": "none", "reviews_rating_sum": 0, "reviews_count": 0, "total_sold": 0,
    "fixed_cost_shipping_price": 0, "is_free_shipping": False, "is_visible": True, "is_featured": False,
    "related_products": [-1], "warranty": "", "bin_picking_number": "", "layout_file": "product.html", "upc": "",
    "mpn": "", "gtin": "", "date_last_imported": "", "search_keywords": "", "availability": "available",
    "availability_description": "", "gift_wrapping_options_type": "any", "gift_wrapping_options_list": [],
    "sort_order": 0, "condition": "New", "is_condition_shown": True, "order_quantity_minimum": 0,
    "order_quantity_maximum": 0, "page_title": "", "meta_keywords": [], "meta_description": "", "view_count": 0,
    "preorder_release_date": None, "preorder_message": "", "is_preorder_only": False, "is_price_hidden": False,
    "price_hidden_label": "", "open_graph_type": "product", "open_graph_title": "", "open_graph_description": "",
    "open_graph_use_meta_description": True, "open_graph_use_product_name": True, "open_graph_use_image": True,
}  # fmt: skip
