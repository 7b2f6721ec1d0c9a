"""What one object and one log may grow to: a log of a million entries, an order of 2,000 documents and 5,000 runs, a
customer of 3,000 orders, a buyer's shelf among 100,000 shared documents. Made by the database itself, in SQLite's
words."""

from sqlalchemy import Connection

from tests.unit.web_pages.shop import STORE

CUSTOMER = "700007"
LOG = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT OR IGNORE INTO audit (store_id, seq, at, actor, action, object, detail, prev_hash, hash)
SELECT ?, i, strftime('%Y-%m-%d %H:%M:%f000', 'now', (i - ?) || ' seconds'),
    CASE i % 7 WHEN 0 THEN 'user:u' || (i % 50) WHEN 1 THEN 'workflow:' || (i % 9) ELSE 'system' END,
    'act_' || (i % 40), 'order:' || (i % 90000), '{}', '', ''
FROM n
"""
DOCUMENTS = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO filed_document (id, store_id, link_id, node_id, name, folder, version, size, mime_type, sha256, url,
    filed_by_us, record_class, record_schedule, retention, holds, approval_status, seen_at)
SELECT 'd' || i, l.store_id, l.id, 900000 + i, 'Document ' || i || '.pdf', 'Folder ' || (i % 9), 1, 1000,
    'application/pdf', '', '', 1, '', '', '', '[]', '', l.seen_at
FROM n, workspace_link l WHERE l.object_type = 'order' AND l.object_id = '1'
"""
RUNS = """
UPDATE run SET subject_id = '1', occasion = id WHERE id IN (SELECT id FROM run WHERE state = 'done' LIMIT ?)
"""
EVENTS = "UPDATE inbox_event SET object_id = '1' WHERE id IN (SELECT event_id FROM run WHERE subject_id = '1')"
ORDERS = "UPDATE subject_snapshot SET customer_id = ? WHERE CAST(object_id AS INTEGER) <= ?"
WHOSE = """
INSERT INTO subject_snapshot (store_id, object_type, object_id, name, version, customer_id, is_gone, facts, seen_at)
SELECT store_id, 'customer', ?, 'Ada Lovelace', '', '', 0, '{}', seen_at FROM subject_snapshot LIMIT 1
"""
SHELF = "5e1f" * 8
SHELVES = """
INSERT INTO shelf (id, store_id, object_type, object_id, object_name, products, expires_at, is_revoked, round,
    created_at, opened_at)
SELECT ?, id, 'order', '2', 'Order 2', '["7"]', '2999-01-01 00:00:00.000000', 0, 1, installed_at, installed_at
FROM store
"""
SHARED = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO shared_document (token, store_id, object_id, node_id, version, sha256, name, mime_type, is_withdrawn,
    delivery_key, created_at)
SELECT 't' || i, s.id, i, i, 1, '', 'Document ' || i || '.pdf', 'application/pdf', 0,
    CASE WHEN i % 1000 = 0 THEN 'shelf:' || ? WHEN i % 10 = 0 THEN '' ELSE 'shelf:' || i END, s.installed_at
FROM n, store s
"""


def deepen(connection: Connection, share: int) -> None:
    """In the caller's transaction, beside the rows of `pages_at_size.fill`; one `share`-th of it."""
    ask, entries = connection.exec_driver_sql, 1_000_000 // share
    ask(LOG, (entries, STORE, entries))
    ask(DOCUMENTS, (2_000 // share,))
    ask(RUNS, (5_000 // share,))
    ask(EVENTS)
    ask(ORDERS, (CUSTOMER, 3_000 // share))
    ask(WHOSE, (CUSTOMER,))
    ask(SHELVES, (SHELF,))
    ask(SHARED, (100_000 // share, SHELF))
