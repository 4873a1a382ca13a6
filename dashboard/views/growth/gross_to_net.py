"""The money ladder on the growth page: a waterfall from list value to what is left, and its table."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import waterfall
from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.actor import actor
from shop.core.periods import Period
from shop.profit import gross_to_net as ladders
from shop.profit.gross_to_net import Gap, Waterfall, WaterfallStep

NAMES = 3


def show(view: filters.View, period: Period) -> None:
    """The ladder of a range, what is unknown of it in words, and the table behind it."""
    found = cache.ask(ladders.waterfall, view.query("gmv", period=period), actor())
    if found.is_empty:
        text.note(t("gross_to_net.empty"))
        return
    text.lines([sentence(found)])
    up, down = filters.up_and_down(filters.colours())
    tables.chart(
        "ladder",
        t("gross_to_net.title", range=found.period),
        lambda: waterfall.waterfall(
            [waterfall.Step(name(one), one.cents, one.is_total) for one in found.steps],
            "cents",
            filters.colours(),
            up=up,
            down=down,
            unknown=t("gross_to_net.unknown"),
        ),
        t("gross_to_net.alt"),
        table(found),
        columns(),
    )
    for line in notes(found):
        text.note(line)


def sentence(found: Waterfall) -> str:
    """From list value to the last step that is told, in one sentence."""
    first, last = found.steps[0], found.steps[-1]
    state = "unknown" if last.cents is None else last.state
    return t(f"gross_to_net.sentence.{state}", list=first.cents, last=last.cents, name=name(last))


def name(step: WaterfallStep) -> str:
    """What a step is called."""
    return t(f"gross_to_net.steps.{step.name}")


def table(found: Waterfall) -> pd.DataFrame:
    """The steps as rows: name, cents, how sure."""
    return pd.DataFrame(
        {
            "step": [name(one) for one in found.steps],
            "cents": pd.array([one.cents for one in found.steps], "Int64"),
            "state": [t(f"gross_to_net.states.{one.state}") for one in found.steps],
        }
    )


def columns() -> list[Column]:
    """The columns of the ladder's table."""
    return [
        Column("step", t("gross_to_net.step")),
        Column("cents", format.symbol().strip(), "money"),
        Column("state", t("gross_to_net.state")),
    ]


def notes(found: Waterfall) -> list[str]:
    """What is not known yet, each gap once; and that margins are the owner's, where they are left out."""
    gaps = dict.fromkeys(gap for step in found.steps for gap in step.gaps)
    told = [_gap(gap) for gap in gaps]
    return told if found.has_margin else [*told, t("gross_to_net.owner_only")]


def _gap(gap: Gap) -> str:
    shown = [t(f"platform.{one}") if has(f"platform.{one}") else one for one in gap.names[:NAMES]]
    more = len(gap.names) - NAMES
    names = t("drivers.comma").join(shown) + (t("gross_to_net.more", count=more) if more > 0 else "")
    return t(f"gross_to_net.gaps.{gap.kind}", count=gap.count, cents=gap.cents, names=names, units=gap.units)
