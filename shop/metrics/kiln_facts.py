"""The kiln room as facts: every stage of every batch, and every batch that has come to its end.

Grain of KILN_ROWS: one part of one stage, on the day it was done, with the cents that had gone into
the pieces lost in it: the stage's loss (`batch_cost`) split over its parts by lost pieces, rounded along
the running sum in the order of the parts. Grain of BATCH_ROWS: one ended batch, on the day it ended.
Cancelled batches are in neither.
"""

from __future__ import annotations

SHAPES = """
  b.sku AS variant, COALESCE(v.product_code, '') AS product_code, COALESCE(p.family, '') AS family,
  COALESCE(p.form, '') AS form, COALESCE(p.glaze, '') AS glaze,
  COALESCE(v.size, p.size, '') AS size, COALESCE(b.clay, p.clay, '') AS clay
"""
CATALOG = """
LEFT JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
"""
KILN_ROWS = f"""
(SELECT shop_id, day, batch, stage, part, kiln, firing, position, maker, variant, product_code, family,
  form, glaze, size, clay, pieces_in, pieces_out, pieces_in - pieces_out AS lost,
  CASE WHEN gone > 0 THEN loss * upto / gone - loss * (upto - lost) / gone ELSE 0 END AS loss
FROM (
  SELECT s.shop_id, s.done_on AS day, s.batch_id AS batch, s.stage, s.part, s.pieces_in,
    s.pieces_out,
    COALESCE(f.kiln_id, '') AS kiln, COALESCE(s.firing_id, '') AS firing,
    COALESCE(s.position, '') AS position, COALESCE(s.maker, b.maker, '') AS maker,
    {SHAPES.strip()}, s.pieces_in - s.pieces_out AS lost, COALESCE(c.loss_cents, 0) AS loss,
    SUM(s.pieces_in - s.pieces_out) OVER (PARTITION BY s.batch_id, s.stage) AS gone,
    SUM(s.pieces_in - s.pieces_out) OVER (PARTITION BY s.batch_id, s.stage ORDER BY s.part) AS upto
  FROM batch_step s
  JOIN kiln_batch b ON b.shop_id = s.shop_id AND b.batch_id = s.batch_id AND b.status <> 'cancelled'
  LEFT JOIN firing f ON f.shop_id = s.shop_id AND f.firing_id = s.firing_id
  LEFT JOIN batch_cost c ON c.shop_id = s.shop_id AND c.batch_id = s.batch_id AND c.stage = s.stage
  {CATALOG.strip()}
  WHERE s.shop_id = :shop AND s.pieces_out IS NOT NULL
))
"""
BATCH_ROWS = f"""
(SELECT b.shop_id, b.closed_on AS day, b.batch_id AS batch, COALESCE(b.maker, '') AS maker,
  {SHAPES.strip()}, b.pieces, COALESCE((SELECT SUM(s.pieces_out) FROM batch_step s
    WHERE s.shop_id = b.shop_id AND s.batch_id = b.batch_id AND s.stage = 'checked'), 0) AS good
FROM kiln_batch b {CATALOG.strip()}
WHERE b.shop_id = :shop AND b.status = 'closed')
"""
MADE = ("variant", "product_code", "family", "form", "glaze", "size", "clay", "maker", "batch")
FIRED = ("stage", "kiln", "firing", "position")
