"""The part of the Products page about what came back: refunds by stage and reason, and breakage."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import bars, rates
from dashboard.i18n.messages import t
from dashboard.server.late_figures import computes_late_figures
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.text.products import cut_name, cut_title
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.actor import actor
from dashboard.ui.filters import View
from dashboard.views.products import foam
from dashboard.views.products.common import between, chooser, part_name
from shop.metrics.dimensions import GROUPS
from shop.metrics.tables import cells
from shop.performance import breakage, refunds
from shop.performance.breakage import BreakageRate

PARTS = 14
FEWEST = 20  # lines


def show(view: View) -> None:
    """At which stage and why money went back, and what arrived broken."""
    cases = cache.cached(refunds.refund_cases, view.query("refunds"))
    if cases.empty:
        text.note(t("performance.no_refunds", range=view.period))
    else:
        _stages(cases)
        _reasons(cases)
    _broken(view)


def _stages(cases: pd.DataFrame) -> None:
    stages = refunds.by_stage(cases)
    names = [t(f"performance.stage.{item.stage}") for item in stages]
    table = pd.DataFrame(
        {
            "stage": names,
            "cases": [item.cases.over for item in stages],
            "of": [item.cases.under for item in stages],
            "share": [item.cases.share for item in stages],
            "sure": [between(item.cases) for item in stages],
            "cents": [item.cents for item in stages],
        }
    )
    tables.chart(
        "stages",
        t("performance.stages", unit=metrics.unit_name("refunds")),
        lambda: bars.bars(
            names, [item.cents for item in stages], "cents", filters.colours(), height=60 + 40 * len(names)
        ),
        t("performance.stages_alt"),
        table,
        [
            Column("stage", t("performance.stage_name")),
            Column("cases", t("performance.cases"), "count"),
            Column("of", t("performance.cases_of"), "count"),
            Column("share", t("performance.cases_share"), "rate"),
            Column("sure", t("performance.sure"), tip=t("performance.sure_tip")),
            Column("cents", metrics.label_of("refunds"), "money"),
        ],
    )
    text.note(t("performance.stage_note"))


def _reasons(cases: pd.DataFrame) -> None:
    table = cases.assign(
        stage=[t(f"performance.stage.{stage}") for stage in cases["stage"]],
        reason=[reason or t("performance.no_reason") for reason in cells(cases["reason"])],
    )
    text.heading(t("performance.reasons"))
    tables.show(
        "reasons",
        table,
        [
            Column("reason", t("performance.reason")),
            Column("stage", t("performance.stage_name")),
            Column("label", t("performance.label")),
            Column("cases", t("performance.cases"), "count"),
            Column("cents", metrics.label_of("refunds"), "money"),
            Column("share", t("performance.refund_share"), "rate"),
        ],
    )


def _broken(view: View) -> None:
    cut = chooser(breakage.CUTS, "broken_by")
    if cut == "province" and computes_late_figures(cache.database()):
        text.note(t("frame.late_figures"))
        return
    parts = cache.cached(breakage.breakage_rates, view.query("gmv"), cut)
    whole = breakage.overall(parts)
    if not whole.under:
        return
    names = [part_name(cut, part.part) for part in parts]
    drawn = [pair for pair in zip(names, parts, strict=True) if _is_drawn(pair[1])][:PARTS]
    tables.chart(
        "broken",
        t("performance.broken", cut=cut_name(cut)),
        lambda: rates.rates([name for name, _ in drawn], [part.rate for _, part in drawn], filters.colours()),
        t("performance.broken_alt"),
        broken_table(parts, names),
        [
            Column("name", cut_title(cut)),
            Column("over", t("performance.broken_lines"), "count"),
            Column("under", t("performance.sent_lines"), "count"),
            Column("share", t("performance.broken_share"), "rate"),
            Column("sure", t("performance.sure"), tip=t("performance.sure_tip")),
        ],
    )
    text.note(t("performance.broken_note", over=whole.over, under=whole.under, share=whole.share))
    if actor().may("see_margins"):
        foam.show(view, cut)


def _is_drawn(part: BreakageRate) -> bool:
    """Parts of a handful of lines are in the table only: their range would hide all others."""
    return part.part not in GROUPS and (part.rate.under >= FEWEST or part.rate.over > 0)


def broken_table(parts: list[BreakageRate], names: list[str]) -> pd.DataFrame:
    """Breakage as a table: each share with what it rests on."""
    return pd.DataFrame(
        {
            "name": names,
            "over": [part.rate.over for part in parts],
            "under": [part.rate.under for part in parts],
            "share": [part.rate.share for part in parts],
            "sure": [between(part.rate) for part in parts],
        }
    )
