"""The demo store's goods and people: an outdoor outfitter in Hamburg that sells to the world."""

# ruff: noqa: RUF001  # names and minus signs as people write them

from typing import Any

JSON = dict[str, Any]

GROUPS: tuple[JSON, ...] = (
    {"name": "Retail", "is_default": True},
    {"name": "Wholesale", "discount_rules": [{"type": "all", "method": "percent", "amount": "12.5000"}]},
    {"name": "Expedition partners"},
)

ATTRIBUTES: tuple[JSON, ...] = ({"name": "ECM workspace", "type": "string"}, {"name": "Tax ID", "type": "string"})

# (first, last, company, e-mail, group, street, city, state, postal code, country)
CUSTOMERS: tuple[tuple[str, ...], ...] = (
    ("Jürgen", "Groß-Weiß", "", "juergen.gross@example.de", "Retail",
     "Öderweg 9", "Köln", "Nordrhein-Westfalen", "50667", "DE"),
    ("Siobhán", "O’Connor", "", "siobhan.oconnor@example.ie", "Retail",
     "4 Fitzwilliam Sq.", "Dublin", "Leinster", "D02", "IE"),
    ("美咲", "山田", "山田アウトドア株式会社", "misaki.yamada@example.jp", "Wholesale",
     "神宮前1-5-3", "渋谷区", "東京都", "150-0001", "JP"),
    ("伟", "王", "", "wang.wei@example.cn", "Retail",
     "南京西路1266号", "上海", "上海市", "200040", "CN"),
    ("ليلى", "الهاشمي", "واحة للتجهيزات", "layla.alhashimi@example.ae", "Wholesale",
     "شارع الشيخ زايد ١٢", "دبي", "دبي", "00000", "AE"),
    ("נועה", "כהן", "", "noa.cohen@example.il", "Retail",
     "רוטשילד 22", "תל אביב", "", "6688218", "IL"),
    ("Zoë", "d'Arcy-Ångström", "Nordljus AB", "zoe.darcy@example.se", "Expedition partners",
     "Sveavägen 44", "Stockholm", "", "111 34", "SE"),
    ("Mike", "O'Hara", "O'Hara & Sons", "mike@ohara.example.com", "Wholesale",
     "455 Main Street", "Austin", "Texas", "78751", "US"),
    ("Søren", "Bjørnson", "", "soren.bjornson@example.dk", "Retail",
     "Nørregade 7", "København", "", "1165", "DK"),
    ("Çağla", "Yıldız", "", "cagla.yildiz@example.tr", "Retail",
     "İstiklal Cad. 201", "İstanbul", "", "34433", "TR"),
)  # fmt: skip

# name, sku, price, weight, colours, more; `sizes` become variants.
PRODUCTS: tuple[JSON, ...] = (
    {"name": "Sturmhaube 3L Jacket", "sku": "NW-JKT-3L", "price": 429.0, "weight": 0.62, "colour": "#1f4e5f",
     "sizes": ("S", "M", "L", "XL"), "brand_name": "Northwind", "warranty": "<p>Two years on seams and zips.</p>",
     "description": "<p>Three-layer shell for <strong>long wet days</strong>. Taped seams, two-way zip.</p>"
                    "<ul><li>28 000 mm water column</li><li>Helmet-compatible hood</li></ul>"},
    {"name": "Wattwanderer Boots", "sku": "NW-BOOT-WW", "price": 239.9, "weight": 1.4, "colour": "#6b4f3a",
     "sizes": ("41", "42", "43", "44"), "brand_name": "Northwind",
     "description": "<p>Mud-flat boots with a drainable sole. Re-soled in our workshop.</p>"},
    {"name": "Polarlicht Sleeping Bag −20 °C", "sku": "NW-BAG-20", "price": 549.0, "weight": 1.25, "colour": "#3c2f6b",
     "brand_name": "Nordljus",
     "description": "<p>850 fill goose down, <em>RDS certified</em>. Comfort −12&nbsp;°C.</p>"},
    {"name": "Feuerstelle Titanium Stove", "sku": "NW-STV-TI", "price": 119.0, "weight": 0.09, "colour": "#8a8d91",
     "brand_name": "Northwind", "description": "<p>Gas stove, 2.8 kW. Use outdoors only; see the safety sheet.</p>"},
    {"name": "Kartentasche A4", "sku": "NW-MAP-A4", "price": 24.5, "weight": 0.08, "colour": "#c9a227",
     "description": "<p>Waterproof map case, readable on both sides.</p>"},
    {"name": "Gletscher Rope 8.9 mm", "sku": "NW-ROPE-89", "price": 189.0, "weight": 3.1, "colour": "#b1263b",
     "sizes": ("50 m", "60 m", "70 m"), "brand_name": "Alpina Werk",
     "warranty": "<p>Replace after a hard fall or ten years.</p>",
     "description": "<p>Dry-treated single rope, EN 892. Conformity declaration on request.</p>"},
    {"name": "Nebelhorn Head Torch", "sku": "NW-TORCH", "price": 79.9, "weight": 0.11, "colour": "#2d2d2d",
     "brand_name": "Northwind", "inventory_level": 140,
     "description": "<p>600 lumen, red light, IPX7. Battery: Li-Ion, UN 38.3 tested.</p>"},
    {"name": "Trinkflasche 0,8 l", "sku": "NW-BTL-08", "price": 29.9, "weight": 0.28, "colour": "#4a7c59",
     "inventory_level": 3, "inventory_warning_level": 10,
     "description": "<p>Stainless steel, food-contact declaration included.</p>"},
    {"name": "Expeditionszelt Kap Arkona", "sku": "NW-TENT-KA", "price": 1290.0, "weight": 4.8, "colour": "#d2691e",
     "brand_name": "Nordljus", "is_featured": True,
     "description": "<h3>Four-season tunnel tent</h3><p>Stood up to 130&nbsp;km/h in the wind channel.</p>"},
    {"name": "Lawinen-Set Basic", "sku": "NW-AVA-SET", "price": 349.0, "weight": 1.9, "colour": "#d94f30",
     "brand_name": "Alpina Werk", "is_visible": False, "availability": "disabled",
     "description": "<p>Beacon, probe, shovel. <strong>Hidden until the new certificate is in.</strong></p>"},
    {"name": "Tour Guide: Lofoten (e-book)", "sku": "NW-EBOOK-LOF", "price": 14.99, "weight": 0, "type": "digital",
     "colour": "#2a6f97", "description": "<p>212 pages, EPUB and PDF, with GPX tracks.</p>"},
    {"name": "Geschenkkarte & Kompass", "sku": "NW-GIFT-CMP", "price": 59.0, "weight": 0.2, "colour": "#7b2d8b",
     "availability": "preorder", "preorder_message": "Ships in spring", "preorder_release_date": "2030-03-01",
     "description": "<p>Compass in a gift box.</p>"},
)  # fmt: skip

CUSTOM_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "NW-JKT-3L": (("Water column", "28 000 mm"), ("Certificate", "OEKO-TEX 2024-118")),
    "NW-ROPE-89": (("Norm", "EN 892"),),
    "NW-TORCH": (("Battery", "Li-Ion 3.7 V"), ("IP rating", "IPX7")),
}

ADDRESSES: dict[str, JSON] = {
    "Lagos": {"street_1": "14 Awolowo Road", "city": "Lagos", "state": "Lagos", "zip": "101233", "country": "NG"},
    "Warszawa": {"street_1": "ul. Świętokrzyska 3", "city": "Warszawa", "state": "", "zip": "00-360", "country": "PL"},
    "Paris": {"street_1": "8, rue de l’Échiquier", "city": "Paris", "state": "", "zip": "75010", "country": "FR"},
    "Wien": {"street_1": "Mariahilfer Straße 88", "city": "Wien", "state": "", "zip": "1070", "country": "AT"},
    "Austin": {"street_1": "455 Main Street", "city": "Austin", "state": "Texas", "zip": "78751", "country": "US"},
    "Zürich": {"street_1": "Bahnhofstrasse 21", "city": "Zürich", "state": "ZH", "zip": "8001", "country": "CH"},
}  # fmt: skip
GUEST: JSON = {"name": "Henrik Müller-Lüdenscheidt", "email": "henrik.ml@example.at", **ADDRESSES["Wien"]}

# Hours ago, and the order in friendly words: `customer` counts CUSTOMERS from 1, items are (SKU of product, count).
ORDERS: tuple[tuple[int, JSON], ...] = (
    (700, {"customer": 1, "items": (("NW-MAP-A4", 2), ("NW-BTL-08", 1)), "status_id": 10}),
    (655, {"customer": 8, "items": (("NW-ROPE-89", 6),), "status_id": 10, "currency": "USD"}),
    (610, {"customer": 2, "items": (("NW-TORCH", 1),), "status_id": 2}),
    (560, {"customer": 3, "items": (("NW-JKT-3L", 12), ("NW-BAG-20", 6)), "status_id": 10}),
    (520, {"billing": GUEST, "items": (("NW-STV-TI", 1), ("NW-MAP-A4", 1)), "status_id": 2}),
    (480, {"customer": 7, "items": (("NW-TENT-KA", 2),), "status_id": 10}),
    (430, {"customer": 6, "items": (("NW-EBOOK-LOF", 1),), "status_id": 10, "customer_message": "תודה רבה!"}),
    (390, {"customer": 9, "items": (("NW-BOOT-WW", 1),), "status_id": 4, "payment_status": "refunded"}),
    (350, {"customer": 4, "items": (("NW-TORCH", 2), ("NW-BTL-08", 2)), "status_id": 5, "payment_status": "void"}),
    (300, {"customer": 10, "items": (("NW-JKT-3L", 1),), "status_id": 6, "payment_status": "declined"}),
    (260, {"customer": 1, "items": (("NW-BAG-20", 1),), "status_id": 2}),
    (220, {"customer": 8, "items": (("NW-TENT-KA", 1), ("NW-STV-TI", 4)), "status_id": 3, "currency": "USD"}),
    (180, {"customer": 2, "items": (("NW-BOOT-WW", 1), ("NW-MAP-A4", 1)), "status_id": 9}),
    (150, {"customer": 5, "items": (("NW-JKT-3L", 20), ("NW-ROPE-89", 10)), "status_id": 11,
           "staff_notes": "Wholesale, net 30 agreed by phone.", "customer_message": "يرجى التغليف كهدية"}),
    (120, {"customer": 9, "items": (("NW-BTL-08", 4),), "status_id": 7, "payment_status": "pending"}),
    (96, {"customer": 7, "items": (("NW-BAG-20", 3), ("NW-TENT-KA", 1)), "status_id": 11,
          "shipping": ADDRESSES["Warszawa"]}),
    (80, {"customer": 4, "items": (("NW-TORCH", 1),), "status_id": 13}),
    (60, {"customer": 6, "items": (("NW-JKT-3L", 1), ("NW-BTL-08", 1)), "status_id": 14,
          "payment_status": "partially refunded"}),
    (48, {"customer": 10, "items": (("NW-TENT-KA", 1),), "status_id": 12, "fraud_review": True,
          "shipping": ADDRESSES["Lagos"], "ip_country": "NG"}),
    (30, {"customer": 1, "items": (("NW-STV-TI", 1), ("NW-TORCH", 1)), "status_id": 8}),
    (20, {"customer": 3, "items": (("NW-GIFT-CMP", 30),), "status_id": 11, "payment_status": "authorized"}),
    (9, {"customer": 2, "items": (("NW-BAG-20", 1),), "status_id": 11, "shipping": ADDRESSES["Paris"]}),
    (4, {"billing": {"name": "Jane O'Doe", "email": "jane.odoe@example.com", **ADDRESSES["Austin"]},
         "items": (("NW-JKT-3L", 1), ("NW-ROPE-89", 1)), "status_id": 11, "currency": "USD",
         "shipping": ADDRESSES["Zürich"]}),
    (1, {"customer": 9, "items": (("NW-MAP-A4", 1),), "status_id": 0}),
)  # fmt: skip

MESSAGES: tuple[tuple[int, JSON], ...] = (
    (110, {"message": "Kann ich die Jacke in L statt XL bekommen?\nDanke – Ihr Team ist großartig!",
           "subject": "Größe"}),
    (113, {"message": "Please confirm the delivery date for Dubai.", "is_flagged": True}),
    (113, {"message": "Confirmed for next week.", "from": "staff", "status": "read"}),
)  # fmt: skip

PAGES: tuple[JSON, ...] = (
    {"name": "Terms of sale", "type": "page", "body": "<h1>Terms of sale</h1><p>Version of 1 March.</p>",
     "meta_title": "Terms of sale"},
    {"name": "Returns", "type": "page", "body": "<h1>Returns</h1><p>30 days, unused.</p>"},
    {"name": "Contact", "type": "contact_form", "email": "service@northwind-outfitters.example",
     "contact_fields": "fullname,phone,orderno,rma", "body": "<p>Write to us.</p>"},
)  # fmt: skip

PROMOTIONS: tuple[JSON, ...] = (
    {"name": "Spring: 10 % on tents", "redemption_type": "AUTOMATIC", "rules": [{
        "action": {"cart_items": {"discount": {"percentage_amount": "10"}, "items": {"products": [85]}}},
        "apply_once": False, "stop": False,
        "condition": {"cart": {"items": {"products": [85]}, "minimum_quantity": 1}}}]},
    {"name": "Partner code", "redemption_type": "COUPON", "status": "DISABLED",
     "rules": [{"action": {"cart_value": {"discount": {"fixed_amount": "25"}}}, "apply_once": True}]},
)  # fmt: skip
