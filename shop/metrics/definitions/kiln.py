"""Kiln production: pieces in and out, losses, yields."""

from __future__ import annotations

from shop.metrics.definitions.model import Measure, Ratio

KILN = (
    Measure(
        "kiln_in",
        "count",
        "kiln",
        "SUM(pieces_in)",
        "done",
        "pieces into the stages done",
        "Pieces in",
        "进入件数",
        "Pieces that went into a stage (greenware, bisque, glazing, glaze firing, check), on the day the "
        "stage was done. Every stage counts them again: cut by stage, or ask for one.",
        "进入某道工序（坯、素烧、上釉、釉烧、质检）的件数，按完成日计。每道工序各计一次，请按工序查看。",
        good=0,
    ),
    Measure(
        "kiln_out",
        "count",
        "kiln",
        "SUM(pieces_out)",
        "done",
        "pieces good out of the stages done",
        "Pieces out",
        "完成件数",
        "Pieces that came out of a stage whole, on the day it was done.",
        "完成某道工序的好件数，按完成日计。",
        good=0,
    ),
    Measure(
        "kiln_lost",
        "count",
        "kiln",
        "SUM(lost)",
        "done",
        "pieces in - pieces out",
        "Pieces lost",
        "损耗件数",
        "Pieces lost in a stage, on the day it was done.",
        "某道工序损耗的件数，按完成日计。",
        good=-1,
    ),
    Measure(
        "loss_value",
        "cents",
        "kiln",
        "SUM(loss)",
        "done",
        "material and kiln share already in the lost pieces",
        "Value lost",
        "损耗金额",
        "What had gone into the lost pieces at the stage where they were lost: a piece lost at greenware "
        "carries only clay, one lost in the glaze firing carries clay, bisque, glaze and its firing.",
        "损耗件在损耗工序之前已投入的材料与烧成成本：坯损只含泥料，釉烧损耗含泥料、素烧、釉料和釉烧。",
        good=-1,
    ),
    Measure(
        "batch_started",
        "count",
        "batch",
        "SUM(pieces)",
        "ended",
        "pieces that ended batches began with",
        "Pieces started",
        "投产件数",
        "Pieces that the batches began with that ended on these days.",
        "这些日期结束的批次最初投产的件数。",
        good=0,
    ),
    Measure(
        "batch_good",
        "count",
        "batch",
        "SUM(good)",
        "ended",
        "good pieces of ended batches",
        "Good pieces",
        "合格件数",
        "Pieces of those batches that passed the check, seconds included.",
        "这些批次中通过质检的件数，含微瑕。",
    ),
)

KILN_RATIOS = (
    Ratio(
        "yield",
        "rate",
        "batch_good",
        "batch_started",
        "ended",
        "good pieces / pieces started",
        "Yield",
        "成品率",
        "Share of the pieces that ended batches began with which passed the check, all stages together, "
        "seconds included.",
        "已结束批次中，从投产到质检合格（含微瑕）的比例，含全部工序。",
    ),
    Ratio(
        "stage_yield",
        "rate",
        "kiln_out",
        "kiln_in",
        "done",
        "pieces out / pieces in",
        "Stage yield",
        "工序合格率",
        "Share of the pieces that went into a stage which came out whole; by stage, kiln, firing or place "
        "in the kiln.",
        "进入某道工序后完好的比例，可按工序、窑、窑次或窑位查看。",
    ),
)
