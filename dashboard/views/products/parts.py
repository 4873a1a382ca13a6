"""The parts of the Products page, in the order of their control."""

from __future__ import annotations

from dashboard.views.products import kiln_plan, one_product, origins, returns, sales, time_to_sell, turnover

PARTS = {
    "sold": sales.show,
    "one": one_product.show,
    "shelf": turnover.show,
    "returns": returns.show,
    "waiting": time_to_sell.show,
    "origins": origins.show,
    "next": kiln_plan.show,
}
