"""Seeded faults: one change of one line per package, as it happens by mistake, and the tests that catch it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A fault in one file: `right`, which occurs once in it, becomes `wrong`; `tests` fail for it."""

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


FAULTS = (
    Fault(
        "half a cent is rounded down",
        "shop/core/money.py",
        "(value + Fraction(1, 2)) // 1",
        "value // 1",
        ("tests/shop/kiln/test_cost_arithmetic.py",),
    ),
    Fault(
        "every role may do everything",
        "shop/access/roles.py",
        "return what in MAY[self.role]",
        "return True",
        ("tests/shop/stock/test_reservations.py",),
    ),
    Fault(
        "an empty backup is accepted",
        "shop/db/backup.py",
        "if revision is None or not version:",
        "if revision is None:",
        ("tests/shop/db/test_backup.py::test_what_is_no_backup_or_older_is_rejected_and_changes_nothing",),
    ),
    Fault(
        "a full-width sign begins a formula in a spreadsheet",
        "shop/export/spreadsheet.py",
        "\\t\\r\\n＝＋－＠",
        "\\t\\r\\n",
        ("tests/shop/export/test_spreadsheet.py",),
    ),
    Fault(
        "refunds that were never paid out count",
        "shop/metrics/refund_sql.py",
        "r.status = 'refunded' AND r.amount_cents > 0",
        "r.amount_cents > 0",
        ("tests/shop/metrics/test_query.py::test_a_case_that_paid_nothing_back_is_no_refund",),
    ),
    Fault(
        "Wilson's interval is too wide for small numbers",
        "shop/stats/proportions.py",
        "spread / (4 * under)",
        "spread / 4",
        ("tests/shop/metrics/test_kiln_facts.py",),
    ),
    Fault(
        "an older version of an order replaces a newer one",
        "shop/orders/order_versions.py",
        "row != newest[key[0]][1] or newest[key[0]][0] < known",
        "row != newest[key[0]][1] or newest[key[0]][0] > known",
        (
            "tests/shop/orders/test_order_versions.py::test_the_newest_version_stands_whatever_order_they_come_in",
        ),
    ),
    Fault(
        "stock is allocated by order number and not by payment",
        "shop/stock/allocation_policy.py",
        "key=lambda entry: entry[:4]",
        "key=lambda entry: entry[3]",
        ("tests/shop/stock/test_allocation_policy.py",),
    ),
    Fault(
        "a code that contradicts the product decides the match",
        "shop/catalog/matching.py",
        "if coded.sku and coded.sku != of_product.sku:",
        "if coded.sku and coded.sku != of_product.sku and not value:",
        ("tests/shop/catalog/test_matching.py",),
    ),
    Fault(
        "a glaze that is not food-safe does not block a cup",
        "shop/listings/readiness.py",
        "if is_safe or touches is False:",
        "if is_safe is not None or touches is False:",
        ("tests/shop/listings/test_listings.py",),
    ),
    Fault(
        "an action is undone twice",
        "shop/undo/stock.py",
        "if row.undone_at is not None:",
        "if row.undone_at == 0:",
        ("tests/shop/undo/test_stock.py",),
    ),
    Fault(
        "lost pieces cost nothing",
        "shop/kiln/cost_arithmetic.py",
        "shares = (stage.pieces_out, stage.lost)",
        "shares = (stage.pieces_in, 0)",
        ("tests/shop/kiln/test_cost_arithmetic.py",),
    ),
    Fault(
        "a kiln is filled with pieces that hardly anybody wants",
        "shop/kiln_planning/fill.py",
        "MORE_LIKELY_THAN_NOT = 0.5",
        "MORE_LIKELY_THAN_NOT = 0.05",
        ("tests/shop/kiln_planning/test_fill.py",),
    ),
    Fault(
        "a platform's rate above 100 percent is stored",
        "shop/pricing/floor_prices.py",
        "name in RATES and value > BASIS",
        "name in RATES and value > BASIS * 100",
        ("tests/shop/profit/test_margins.py",),
    ),
    Fault(
        "the goal of each day is rounded down",
        "shop/growth/forecasting/goals.py",
        "-(-left // days_left)",
        "left // days_left",
        ("tests/shop/growth/forecasting/test_goals.py",),
    ),
    Fault(
        "ranges of different length are compared by their totals",
        "shop/growth/comparison/basis.py",
        'return "total" if self.now.days == self.before.days else "per_day"',
        'return "total"',
        ("tests/shop/growth/comparison/test_drivers.py",),
    ),
    Fault(
        "refunds still to come are taken as known after payment",
        "shop/growth/maturity/refund_delay.py",
        "np.where(ages < 0, 0.0, inside)",
        "np.where(ages < 0, 0.0, np.ones_like(inside))",
        ("tests/shop/growth/maturity/test_expected_refunds.py",),
    ),
    Fault(
        "a piece is a day longer on offer than it was",
        "shop/performance/time_to_sell.py",
        "max((self.until - self.since).days, 0)",
        "max((self.until - self.since).days, 0) + 1",
        ("tests/shop/performance/test_time_to_sell.py",),
    ),
    Fault(
        "void orders count as open",
        "shop/profit/gross_to_net.py",
        'row["orders"] - out["settled_orders"] - out["void_orders"]',
        'row["orders"] - out["settled_orders"]',
        ("tests/shop/profit/test_gross_to_net.py",),
    ),
    Fault(
        "one day of evidence makes a definition certain",
        "shop/reconciliation/reconcile.py",
        "if len(evidence) < SURE and",
        "if len(evidence) < 0 and",
        ("tests/shop/reconciliation/test_reconcile.py::test_reasons_are_certain_only_with_enough_totals",),
    ),
    Fault(
        "every session is taken as attributed by its orders",
        "shop/streams/sessions.py",
        'table["session_orders"].fillna(0) > 0',
        'table["session_orders"].fillna(0) >= 0',
        ("tests/shop/models/test_streams.py::test_a_session_without_orders_is_not_taken_as_attributed",),
    ),
    Fault(
        "an e-mail address in a text is stored",
        "shop/core/personal.py",
        "masked = EMAIL.sub(_blot, plain)",
        "masked = plain",
        ("tests/shop/core/test_personal.py",),
    ),
    Fault(
        "a text with one Latin letter is English",
        "shop/comments/classify.py",
        'return "en" if characters and all(',
        'return "en" if characters and any(',
        ("tests/shop/comments/test_classify.py",),
    ),
    Fault(
        "messages are counted instead of people",
        "shop/demand/board.py",
        "people = len({who for _, who in members})",
        "people = len(members)",
        ("tests/shop/demand/test_demand.py",),
    ),
    Fault(
        "any host name is answered",
        "dashboard/server/guard.py",
        "if len(hosts) != 1 or host_name(hosts[0]) not in allowed_hosts():",
        "if len(hosts) != 1:",
        ("tests/dashboard/server/test_guard.py",),
    ),
    Fault(
        "two stretches of days are joined over a gap",
        "shop/core/periods.py",
        "periods[-1].end + timedelta(days=1) == day",
        "periods[-1].end + timedelta(days=1) <= day",
        ("tests/shop/test_coverage.py",),
    ),
    Fault(
        "thousands marks of a decimal comma are read as decimals",
        "etl/tables/amounts.py",
        'text = text.replace(".", "").replace(",", ".")',
        'text = text.replace(".", "").replace(",", "")',
        ("tests/etl/tables/test_amounts.py",),
    ),
    Fault(
        "Kuaishou's signature is not over the sorted parameters",
        "etl/platforms/kuaishou_shop/wire.py",
        "for name, value in sorted(parameters.items())",
        "for name, value in parameters.items()",
        ("tests/etl/platforms/test_signatures.py",),
    ),
    Fault(
        "a lease is taken while another process has it",
        "etl/sync/lease.py",
        "WHERE lease.expires_at <= :now OR",
        "WHERE lease.expires_at >= :now OR",
        ("tests/etl/sync/test_engine.py::test_one_of_two_syncs_works_and_the_other_advises_to_retry",),
    ),
    Fault(
        "a request is repeated before the platform allows it",
        "etl/http/retry.py",
        "return max(requested, longest * (0.5 + jitter / 2))",
        "return longest * (0.5 + jitter / 2)",
        ("tests/etl/http/test_retry.py",),
    ),
    Fault(
        "a header that contradicts a kind of file does not count",
        "etl/imports/registry.py",
        "return not self.lacking and self.contrary is None",
        "return not self.lacking",
        ("tests/etl/files/test_registry.py",),
    ),
    Fault(
        "of several columns with amounts the first is taken without asking",
        "etl/profiles/suggest.py",
        'elif name == "paid" and len(headers) > 1:',
        'elif name == "paid" and len(headers) > 9:',
        ("tests/etl/profiles/test_suggest.py",),
    ),
    Fault(
        "DingTalk's signature is over secret and moment in the wrong order",
        "etl/notifications/dingtalk.py",
        'f"{moment}\\n{secret}".encode()',
        'f"{secret}\\n{moment}".encode()',
        ("tests/etl/notifications/test_notifications.py",),
    ),
    Fault(
        "a buyer who pays more than the list price is accepted",
        "etl/files/douyin_orders.py",
        'rows.refuse_where((seller < 0) & ~raised, "due", "MoreThanList")',
        'rows.refuse_where((seller < 0) & raised, "due", "MoreThanList")',
        ("tests/etl/files/test_douyin_orders.py",),
    ),
    Fault(
        "an edited catalog file loses its mark against formulas",
        "etl/catalog/catalog_file.py",
        '.removeprefix("\'")',
        '.removeprefix("\\0")',
        ("tests/etl/catalog/test_catalog_file.py",),
    ),
    Fault(
        "figures are cut off and not rounded",
        "dashboard/i18n/format.py",
        "Decimal(1).scaleb(-places), ROUND_HALF_UP)",
        'Decimal(1).scaleb(-places), "ROUND_DOWN")',
        ("tests/dashboard/i18n/test_format.py",),
    ),
    Fault(
        "words of a file are read as markdown",
        "dashboard/text/markdown.py",
        "if sign in string.punctuation else sign",
        'if sign in "#" else sign',
        ("tests/dashboard/views/test_hostile_text.py::test_typed_text_is_shown_verbatim",),
    ),
    Fault(
        "a step down is drawn as a step up",
        "dashboard/charts/waterfall.py",
        "x=max(start, start + size) / scale",
        "x=start / scale",
        ("tests/dashboard/charts/test_waterfall.py",),
    ),
    Fault(
        "a product's name is HTML on the host's card",
        "dashboard/reports/host_card.py",
        "<td>{escape(line.title)}",
        "<td>{line.title}",
        ("tests/dashboard/reports/test_host_card.py",),
    ),
    Fault(
        "an option that does not exist is taken from the address",
        "dashboard/ui/url_state.py",
        "value = result if result in options else first",
        "value = result",
        ("tests/dashboard/ui/test_url_state.py",),
    ),
    Fault(
        "a failed sync exits with 0",
        "dashboard/commands/sync.py",
        "code = exit_code(reports) or stock_push.exit_code(pushes)",
        "code = stock_push.exit_code(pushes)",
        ("tests/dashboard/commands/test_sync.py",),
    ),
    Fault(
        "red and green are the same to colour-blind eyes",
        "dashboard/theme/palette.py",
        'red="#B5322E"',
        'red="#4F7B3E"',
        ("tests/dashboard/theme/test_palette.py",),
    ),
    Fault(
        "a campaign with other days is not saved",
        "dashboard/views/growth/campaigns.py",
        "if place not in before or before[place].period != days:",
        "if place not in before:",
        (
            "tests/dashboard/views/growth/test_page.py"
            "::test_an_edited_campaign_table_requests_only_its_changes",
        ),
    ),
)
