"""`kilnboard comments list|answer|demand|leads`: what the Comments page does, for scripts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from shop.comments.unanswered import QuestionGroup
    from shop.db.database import Database

HOW = ("host", "pinned", "hand", "none_needed", "open")
STATES = ("new", "contacted", "offered", "won", "lost")


def _key(name: str) -> tuple[str, str]:
    """PLATFORM/ID as a comment's key."""
    platform, _, comment = name.partition("/")
    if not comment:
        raise click.UsageError(t("commands.comments.bad_key", key=name))
    return platform, comment


def _today(db: Database, on: date | None) -> date:
    from shop.metrics.settings import today

    with db.read() as connection:
        return on or today(connection)


@click.command("list", help=t("commands.comments.list.help"))
@click.option(
    "--order",
    type=click.Choice(("value", "people", "age")),
    default="value",
    help=t("commands.comments.list.order"),
)
@click.option("--tonight", is_flag=True, help=t("commands.comments.list.tonight"))
@click.option("--on", type=DAY, help=t("commands.comments.on"))
@json_option
def list_command(order: str, tonight: bool, on: date | None, as_json: bool) -> None:
    """Print the open questions by group, or the most frequent ones before a session."""
    from shop.comments import unanswered

    with opened() as (db, _):
        day = _today(db, on)
        if tonight:
            groups, days, expired = unanswered.most_frequent(db, day), None, None
        else:
            queue = unanswered.open_questions(db, day, order=order)
            groups, days, expired = queue.groups, queue.days, queue.expired
        if as_json:
            print_json({"days": days, "expired": expired, "groups": [_group(group) for group in groups]})
            return
        for group in groups:
            _print_group(group)
        if not groups:
            click.echo(t("commands.comments.list.nothing"))


def _group(group: QuestionGroup) -> dict[str, Any]:
    return {
        "topic": group.topic,
        "thing": asdict(group.thing),
        "people": group.people,
        "oldest_days": group.oldest_days,
        "value_cents": group.value_cents,
        "comments": [f"{question.platform}/{question.comment_id}" for question in group.questions],
        "texts": [question.text for question in group.questions],
    }


def _print_group(group: QuestionGroup) -> None:
    from dashboard.i18n import format
    from dashboard.text.audience import remarks

    people = t("comments.queue.age", people=group.people, days=group.oldest_days)
    click.echo(f"{remarks.topic(group)}  {people}  {format.money(group.value_cents)}")
    for question in group.questions:
        click.echo(f"  {question.platform}/{question.comment_id}  {remarks.excerpt(question.text, 80)}")


@click.command("answer", help=t("commands.comments.answer.help"))
@click.argument("comments", nargs=-1, required=True, metavar="PLATFORM/ID...")
@click.option("--how", type=click.Choice(HOW), default="hand", help=t("commands.comments.answer.how"))
@json_option
def answer_command(comments: tuple[str, ...], how: str, as_json: bool) -> None:
    """Mark questions as answered, or as open again."""
    from shop.comments.unanswered import answer_questions

    keys = [_key(name) for name in comments]
    with opened() as (db, actor):
        number = answer_questions(db, keys, None if how == "open" else how, actor=actor)  # type: ignore[arg-type]
    if as_json:
        print_json({"comments": len(keys), "how": how, "undo": number})
        return
    click.echo(t("commands.comments.answer.done", count=len(keys)))
    click.echo(t("commands.kiln.undo_hint", number=number))


@click.command("demand", help=t("commands.comments.demand.help"))
@click.option("--on", type=DAY, help=t("commands.comments.on"))
@json_option
def demand_command(on: date | None, as_json: bool) -> None:
    """Print what people want and cannot buy."""
    from dashboard.text.audience import remarks
    from shop.demand.board import demand

    with opened() as (db, _):
        items = demand(db, _today(db, on))
        if as_json:
            print_json(
                [
                    {
                        "thing": asdict(item.thing),
                        "missing": item.missing,
                        "people": item.people,
                        "recent": item.recent,
                        "before": item.before,
                        "value_cents": item.value_cents,
                        "sku": item.sku,
                        "texts": [wish.text for wish in item.wishes],
                    }
                    for item in items
                ]
            )
            return
        for item in items:
            missing = t(f"comments.demand.missing.{item.missing}")
            people = t("comments.demand.people", people=item.people)
            click.echo(f"{remarks.thing(item.thing)}  {people}  {missing}")
        if not items:
            click.echo(t("comments.demand.nothing"))


@click.command("leads", help=t("commands.comments.leads.help"))
@click.option("--contacts", is_flag=True, help=t("commands.comments.leads.contacts"))
@click.option("--set", "key", metavar="PLATFORM/ID", help=t("commands.comments.leads.set"))
@click.option("--state", type=click.Choice(STATES), help=t("commands.comments.leads.state"))
@click.option("--next", "next_step", metavar="TEXT", help=t("commands.comments.leads.next"))
@click.option("--note", metavar="TEXT", help=t("commands.comments.leads.note"))
@json_option
def leads_command(
    contacts: bool, key: str | None, state: str | None, next_step: str | None, note: str | None, as_json: bool
) -> None:
    """Print the leads, with their contacts where the passphrase is typed; or follow one up."""
    from shop.comments import leads, vault

    with opened() as (db, actor):
        if key:
            given = {"state": state, "next_step": next_step, "note": note}
            changes = {name: value for name, value in given.items() if value is not None}
            number = leads.update_lead(db, _key(key), changes, actor=actor)
            if as_json:
                print_json({"lead": key, "undo": number})
            else:
                click.echo(t("comments.leads.saved"))
                click.echo(t("commands.kiln.undo_hint", number=number))
            return
        opened_contacts: dict[tuple[str, str], list[tuple[str, str]]] = {}
        if contacts:
            phrase = click.prompt(t("comments.leads.lock.passphrase"), hide_input=True, err=True)
            opened_contacts = vault.open_contacts(db, phrase, actor=actor)
        items = leads.leads(db)
        if as_json:
            print_json(
                [
                    {
                        "comment": f"{item.platform}/{item.comment_id}",
                        "kind": item.kind,
                        "state": item.state,
                        "text": item.text,
                        "written_on": item.written_on.isoformat(),
                        "has_contact": item.has_contact,
                        "erase_on": item.erase_on.isoformat(),
                        "contacts": [list(pair) for pair in opened_contacts.get(item.key, ())],
                    }
                    for item in items
                ]
            )
            return
        for item in items:
            _print_lead(item, opened_contacts.get(item.key, []))


def _print_lead(item: Any, contacts: list[tuple[str, str]]) -> None:
    from dashboard.text.audience import remarks

    kind = t(f"comments.leads.kinds.{item.kind}")
    state = t(f"comments.leads.states.{item.state}")
    click.echo(f"{item.platform}/{item.comment_id}  {kind}  {state}  {remarks.excerpt(item.text, 80)}")
    for name, value in contacts:
        click.echo(f"  {t(f'comments.leads.contact.{name}')}: {value}")
