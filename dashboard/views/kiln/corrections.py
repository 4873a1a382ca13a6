"""One batch with all that was recorded of it: a stage recorded again, the batch ended or cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, tables, tap_counter, text
from dashboard.views.kiln import common
from shop.kiln import production
from shop.kiln.batches import Batch, BatchStepRecord
from shop.models.kiln import LOSS_REASONS


def part(today: date) -> None:
    """The part of the page: which batch, its steps, and what can be done with it."""
    known = dict(cache.cached(production.recent))
    text.heading(t("kiln.mend.title"))
    if not known:
        text.note(t("kiln.board.none"))
        return
    name = st.selectbox(
        t("kiln.mend.batch"),
        tuple(known),
        key="mend-batch",
        format_func=lambda item: f"{item} · {known[item]}",
    )
    batch = cache.cached(production.batch, name)
    text.note(
        t(
            "kiln.mend.head",
            pieces=batch.pieces,
            good=batch.good,
            lost=batch.lost,
            state=t(f"kiln.states.{batch.status}"),
        )
    )
    tables.show("steps", _table(batch), [Column(item, t(f"kiln.mend.{item}")) for item in COLUMNS])
    if batch.status == "cancelled":
        return
    _again(batch, today)
    _end(batch)


COLUMNS = ("stage", "part", "day", "pieces", "again", "lost", "place")


def _table(batch: Batch) -> pd.DataFrame:
    return pd.DataFrame([_row(step) for step in batch.steps], columns=COLUMNS)


def _row(step: BatchStepRecord) -> tuple[Any, ...]:
    between = t("kiln.between")
    out = "…" if step.pieces_out is None else str(step.pieces_out)
    counted = [f"{common.loss_reason(name)} {count}" for name, count in step.losses]
    counted += [f"{common.grade(grade)} {sku} {count}" for grade, sku, count in step.grades]
    place = " · ".join(filter(None, (step.firing_id, step.position)))
    return (
        common.stage(step.stage)
        + ("" if step.pass_number == 1 else t("kiln.mend.pass", number=step.pass_number)),
        str(step.part),
        str(step.done_on or ""),
        f"{step.pieces_in} → {out}",
        str(step.again or ""),
        between.join(counted),
        place,
    )


def _again(batch: Batch, today: date) -> None:
    """Record one step again: what was lost, tapped again from nothing, and its day."""
    done = {f"{step.stage}/{step.part}": step for step in batch.steps if step.done_on}
    if not done:
        return
    with st.container(border=True, key="mend"):
        place = st.selectbox(
            t("kiln.mend.step"),
            tuple(done),
            key=f"mend-step-{batch.batch_id}",
            index=len(done) - 1,
            format_func=distinct_labels(done, lambda name: _named(done[name])),
        )
        step = done[place]
        key = f"mend/{batch.batch_id}/{place}"
        chips = ("second", "unique", *LOSS_REASONS) if step.stage == "checked" else LOSS_REASONS
        text.note(t("kiln.mend.hint"))
        counted = tap_counter.tally(key, t("kiln.open.cause"), chips, common.loss_reason_or_grade)
        day = st.date_input(
            t("kiln.day"), value=step.done_on, min_value=batch.started_on, max_value=today, key=f"day-{key}"
        )
        losses = {name: count for name, count in counted.items() if name in LOSS_REASONS}
        good = step.pieces_in - sum(losses.values())
        label = t("kiln.board.save", good=good, pieces=step.pieces_in)
        if st.button(label, key="mend-save", type="primary"):
            _save(batch, step, counted, losses, good, day)
            tap_counter.clear(key)
            st.rerun()


def _named(step: BatchStepRecord) -> str:
    return t("kiln.mend.named", stage=common.stage(step.stage), part=step.part, day=step.done_on)


def _save(
    batch: Batch, step: BatchStepRecord, counted: dict[str, int], losses: dict[str, int], good: int, day: Any
) -> None:
    grades: dict[str, int] | None = None
    if step.stage == "checked":
        grades = {name: counted.get(name, 0) for name in ("second", "unique")}
        grades["prime"] = max(good - sum(grades.values()), 0)
    result = feedback.act(
        production.record_step,
        batch.batch_id,
        step.stage,
        part=step.part,
        losses=losses,
        grades=grades,
        on=day,
    )
    if result is not None:
        saved = common.saved(batch.batch_id, step.stage, good, step.pieces_in, losses)
        feedback.report(saved, result.audit_id)


def _end(batch: Batch) -> None:
    """End a batch whose last pieces will not go on; cancel one that was never produced."""
    with st.container(horizontal=True, key="touch-mend"):
        if batch.open_pieces and batch.steps:
            label = t("kiln.mend.close", pieces=batch.open_pieces)
            if st.button(label, key="mend-close"):
                result = feedback.act(production.close_batch, batch.batch_id)
                if result is not None:
                    feedback.report(t("kiln.mend.closed", batch=batch.batch_id), result.audit_id)
                st.rerun()
        if not batch.good and st.button(t("kiln.mend.cancel"), key="mend-cancel"):
            result = feedback.act(production.cancel_batch, batch.batch_id)
            if result is not None:
                feedback.report(t("kiln.mend.cancelled", batch=batch.batch_id), result.audit_id)
            st.rerun()
