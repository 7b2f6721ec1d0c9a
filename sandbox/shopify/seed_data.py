"""The demo shops' goods and people: an outdoor outfitter in Hamburg and its small sister for the coast."""

# ruff: noqa: RUF001  # names and minus signs as people write them

from typing import Any

JSON = dict[str, Any]

# (first, last, company, e-mail, street, city, postal code, country, tags)
CUSTOMERS: tuple[tuple[Any, ...], ...] = (
    ("Jürgen", "Groß-Weiß", None, "juergen.gross@example.de", "Öderweg 9", "Köln", "50667", "DE", []),
    ("Siobhán", "O’Connor", None, "siobhan.oconnor@example.ie", "4 Fitzwilliam Sq.", "Dublin", "D02", "IE", ["vip"]),
    ("美咲", "山田", "山田アウトドア株式会社", "misaki.yamada@example.jp", "神宮前1-5-3", "渋谷区", "150-0001", "JP",
     ["wholesale"]),
    ("ليلى", "الهاشمي", "واحة للتجهيزات", "layla.alhashimi@example.ae", "شارع الشيخ زايد ١٢", "دبي", "00000", "AE",
     ["wholesale"]),
    ("Zoë", "d'Arcy-Ångström", "Nordljus AB", "zoe.darcy@example.se", "Sveavägen 44", "Stockholm", "111 34", "SE",
     ["wholesale"]),
    ("Mike", "O'Hara", "O'Hara & Sons", "mike@ohara.example.com", "455 Main Street", "Austin", "78751", "US", []),
    ("Søren", "Bjørnson", None, "soren.bjornson@example.dk", "Nørregade 7", "København", "1165", "DK", []),
    ("Çağla", "Yıldız", None, "cagla.yildiz@example.tr", "İstiklal Cad. 201", "İstanbul", "34433", "TR", []),
)  # fmt: skip

PRODUCTS: tuple[JSON, ...] = (
    {"title": "Sturmhaube 3L Jacket", "sku": "NS-JKT-3L", "price": "429.00", "sizes": ("S", "M", "L", "XL"),
     "quantity": 40, "vendor": "Nordwind", "productType": "Jackets", "tags": ["outdoor", "rain"],
     "descriptionHtml": "<p>Three-layer shell for <strong>long wet days</strong>. Taped seams, two-way zip.</p>"},
    {"title": "Wattwanderer Boots", "sku": "NS-BOOT-WW", "price": "239.90", "sizes": ("41", "42", "43", "44"),
     "quantity": 25, "vendor": "Nordwind", "productType": "Boots", "tags": ["outdoor"],
     "descriptionHtml": "<p>Mud-flat boots with a drainable sole. Re-soled in our workshop.</p>"},
    {"title": "Polarlicht Sleeping Bag −20 °C", "sku": "NS-BAG-20", "price": "549.00", "quantity": 18,
     "vendor": "Nordljus", "productType": "Sleeping bags", "tags": ["winter"],
     "descriptionHtml": "<p>850 fill goose down, <em>RDS certified</em>. Comfort −12&nbsp;°C.</p>"},
    {"title": "Feuerstelle Titanium Stove", "sku": "NS-STV-TI", "price": "119.00", "quantity": 60,
     "vendor": "Nordwind", "productType": "Stoves", "tags": ["regulated"], "hs": "732111", "origin": "DE",
     "descriptionHtml": "<p>Gas stove, 2.8 kW. Use outdoors only; see the safety sheet.</p>"},
    {"title": "Gletscher Rope 8.9 mm", "sku": "NS-ROPE-89", "price": "189.00", "sizes": ("50 m", "60 m", "70 m"),
     "quantity": 12, "vendor": "Alpina Werk", "productType": "Ropes", "tags": ["certified"],
     "descriptionHtml": "<p>Dry-treated single rope, EN 892. Conformity declaration on request.</p>"},
    {"title": "Nebelhorn Head Torch", "sku": "NS-TORCH", "price": "79.90", "quantity": 140, "vendor": "Nordwind",
     "productType": "Lights", "tags": ["battery", "regulated"], "hs": "851310", "origin": "CN",
     "descriptionHtml": "<p>600 lumen, red light, IPX7. Battery: Li-Ion, UN 38.3 tested.</p>"},
    {"title": "Expeditionszelt Kap Arkona", "sku": "NS-TENT-KA", "price": "1290.00", "quantity": 5,
     "vendor": "Nordljus", "productType": "Tents", "tags": [],
     "descriptionHtml": "<h3>Four-season tunnel tent</h3><p>Stood up to 130&nbsp;km/h in the wind channel.</p>"},
    {"title": "Lawinen-Set Basic", "sku": "NS-AVA-SET", "price": "349.00", "quantity": 0, "vendor": "Alpina Werk",
     "productType": "Safety", "tags": ["regulated"], "status": "DRAFT",
     "descriptionHtml": "<p>Beacon, probe, shovel. <strong>Hidden until the new certificate is in.</strong></p>"},
)  # fmt: skip

# Companies: name, ERP number, location, street, city, postal code, country, contact (e-mail of a customer), tax number
COMPANIES: tuple[tuple[Any, ...], ...] = (
    ("Nordljus AB", "ERP-10233", "Stockholm HQ", "Sveavägen 44", "Stockholm", "111 34", "SE",
     "zoe.darcy@example.se", "SE556677889901"),
    ("山田アウトドア株式会社", "ERP-10871", "渋谷店", "神宮前1-5-3", "渋谷区", "150-0001", "JP",
     "misaki.yamada@example.jp", ""),
)  # fmt: skip

# Hours ago, and the order in friendly words: `customer` counts CUSTOMERS from 1, items are (SKU, count).
ORDERS: tuple[tuple[int, JSON], ...] = (
    (700, {"customer": 1, "items": (("NS-TORCH", 2),), "fulfilled": True}),
    (560, {"customer": 3, "items": (("NS-JKT-3L", 12), ("NS-BAG-20", 6)), "company": 1, "fulfilled": True}),
    (480, {"customer": 5, "items": (("NS-TENT-KA", 1),), "company": 0, "po_number": "PO-7781", "fulfilled": True}),
    (300, {"customer": 2, "items": (("NS-BOOT-WW", 1),), "fulfilled": True}),
    (220, {"customer": 6, "items": (("NS-ROPE-89", 6),)}),
    (96, {"customer": 7, "items": (("NS-BAG-20", 1), ("NS-STV-TI", 1))}),
    (48, {"customer": 8, "items": (("NS-TENT-KA", 1),), "payment": "authorized", "risk": "HIGH", "ship_to": "NG"}),
    (9, {"customer": 2, "items": (("NS-JKT-3L", 1),), "payment": "authorized"}),
    (4, {"customer": 4, "items": (("NS-TORCH", 40),), "payment": "pending"}),
    (1, {"customer": 1, "items": (("NS-STV-TI", 1),)}),
)  # fmt: skip

POLICIES: tuple[tuple[str, str, str], ...] = (
    ("REFUND_POLICY", "Refund policy", "<p>30 days, unused, with the label on.</p>"),
    ("PRIVACY_POLICY", "Privacy policy", "<p>We keep what an order needs, as long as the law asks.</p>"),
    ("TERMS_OF_SERVICE", "Terms of service", "<p>Version of 1 March.</p>"),
    ("SHIPPING_POLICY", "Shipping policy", "<p>Two to five working days in the EU.</p>"),
)
PAGES: tuple[JSON, ...] = (
    {"title": "About us", "body": "<h1>About us</h1><p>Outfitters since 1987.</p>"},
    {"title": "Care instructions", "body": "<p>Wash cold, dry slowly.</p>"},
)
# name, type, days
TERMS: tuple[tuple[str, str, int | None], ...] = (
    ("Due on receipt", "RECEIPT", None), ("Due on fulfillment", "FULFILLMENT", None), ("Net 7", "NET", 7),
    ("Net 15", "NET", 15), ("Net 30", "NET", 30), ("Net 45", "NET", 45), ("Net 60", "NET", 60), ("Net 90", "NET", 90),
    ("Fixed date", "FIXED", None),
)  # fmt: skip
REASONS: tuple[tuple[str, str], ...] = (
    ("size-too-small", "Size was too small"), ("size-too-large", "Size was too large"), ("unwanted", "Customer changed "
     "their mind"), ("not-as-described", "Item not as described"), ("wrong-item", "Received the wrong item"),
    ("defective", "Damaged or defective"), ("style", "Style"), ("color", "Color"), ("other", "Other"),
)  # fmt: skip
