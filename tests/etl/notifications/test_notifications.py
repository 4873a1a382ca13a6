"""Outgoing notifications, over real HTTP and SMTP on loopback."""

import base64
import hashlib
import json
import socket
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from etl.http.errors import NotAuthorised, PlatformDown, Refused, Unsure
from etl.notifications import Address, Message, UnknownService, send, service_of
from etl.notifications.daily import deliver, is_due
from etl.notifications.recipients import NoAddress, address, all_addresses, forget, place, save
from shop.db.database import Database
from tests.support.chat_robot import Robot

MORNING = Message("窑看板 11月23日", "昨天成交 ¥3,240，12 单。")
PICTURE = b"\x89PNG\r\n\x1a\n" + b"pot" * 100


def feishu(robot: Robot, **more: str) -> Address:
    return Address("group", "feishu", settings={"url": robot.url("/open-apis/bot/v2/hook/x"), **more})


def dingtalk(robot: Robot, **more: str) -> Address:
    url = robot.url("/robot/send?access_token=abc")
    return Address("group", "dingtalk", settings={"url": url, **more})


def wecom(robot: Robot) -> Address:
    return Address("group", "wecom", settings={"url": robot.url("/cgi-bin/webhook/send?key=k")})


@pytest.mark.parametrize("chat", [feishu, dingtalk])
def test_a_signed_message_arrives_once(robot: Robot, chat: Any) -> None:
    robot.secret = "SECabc"
    send(chat(robot, secret="SECabc"), MORNING)
    assert len(robot.posts) == 1
    assert MORNING.text in json.dumps(robot.posts[0], ensure_ascii=False)


@pytest.mark.parametrize(("chat", "code"), [(feishu, "19021"), (dingtalk, "310000")])
def test_a_wrong_secret_is_rejected_with_the_services_code(robot: Robot, chat: Any, code: str) -> None:
    robot.secret = "SECabc"
    with pytest.raises(Refused, match=code) as error:
        send(chat(robot, secret="another"), MORNING)
    assert "another" not in str(error.value)


def test_wecom_takes_the_picture_as_a_second_post(robot: Robot) -> None:
    send(wecom(robot), Message("t", "长" * 3000, PICTURE))
    text, image = robot.posts
    assert len(text["text"]["content"].encode()) <= 2048
    assert base64.b64decode(image["image"]["base64"]) == PICTURE
    assert image["image"]["md5"] == hashlib.md5(PICTURE).hexdigest()


def test_a_lost_answer_is_not_sent_again(robot: Robot) -> None:
    robot.drop = True
    with pytest.raises(Unsure):
        send(feishu(robot), MORNING)
    assert len(robot.posts) == 1


def test_the_service_is_known_by_its_address() -> None:
    assert service_of("https://open.feishu.cn/open-apis/bot/v2/hook/x") == "feishu"
    assert service_of("https://oapi.dingtalk.com/robot/send?access_token=x") == "dingtalk"
    assert service_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x") == "wecom"
    with pytest.raises(UnknownService, match="example"):
        service_of("https://example.com/hook")


def test_a_secret_never_travels_without_tls() -> None:
    plain = Address("group", "feishu", settings={"url": "http://192.0.2.1/open-apis/bot/v2/hook/x"})
    with pytest.raises(Refused, match="without-tls"):
        send(plain, MORNING)


# --- mail ----------------------------------------------------------------------------------------


@pytest.fixture
def letterbox() -> Iterator[tuple[int, list[Mail]]]:
    mails: list[Mail] = []

    class Takes:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mails.append(message_from_bytes(envelope.content, policy=modern))
            return "250 OK"

    def login(server: Any, session: Any, envelope: Any, mechanism: Any, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == b"right"
        return AuthResult(success=good, handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        Takes(), hostname="127.0.0.1", port=port, authenticator=login, auth_require_tls=False
    )
    controller.start()
    yield port, mails
    controller.stop()


def mailbox(port: int, **more: str) -> Address:
    value = {"host": "127.0.0.1", "port": str(port), "user": "a@example.com", "to": "b@example.com"}
    return Address("mail", "mail", settings=value | more)


def test_a_mail_arrives_with_its_picture(letterbox: tuple[int, list[Mail]]) -> None:
    port, mails = letterbox
    send(mailbox(port, password="right"), Message(MORNING.title, MORNING.text, PICTURE))
    (mail,) = mails
    assert mail["Subject"] == MORNING.title
    text, picture = mail.iter_parts()  # type: ignore[attr-defined]
    assert text.get_content().strip() == MORNING.text
    assert picture.get_content() == PICTURE


def test_a_wrong_password_is_reported_without_it(letterbox: tuple[int, list[Mail]]) -> None:
    port, mails = letterbox
    with pytest.raises(NotAuthorised) as error:
        send(mailbox(port, password="wrong-one"), MORNING)
    assert "wrong-one" not in str(error.value)
    assert not mails


def test_no_server_is_try_later() -> None:
    with pytest.raises(PlatformDown):
        send(mailbox(1), MORNING)


# --- once a day ----------------------------------------------------------------------------------


def test_each_address_is_notified_once_a_day(db: Database, robot: Robot) -> None:
    early, late = datetime(2026, 11, 23, 8, 59), datetime(2026, 11, 23, 9, 0)
    here = feishu(robot)
    assert deliver(db, here, early, lambda: MORNING) is None
    assert is_due(db, here, late)
    value = deliver(db, here, late, lambda: MORNING)
    assert value is not None and value.error is None
    assert deliver(db, here, late, lambda: MORNING) is None
    assert len(robot.posts) == 1
    next_day = datetime(2026, 11, 24, 9, 30)
    assert deliver(db, here, next_day, lambda: MORNING) is not None


def test_an_undelivered_message_is_sent_later(db: Database, robot: Robot) -> None:
    now = datetime(2026, 11, 23, 9, 30)
    robot.answer = b'{"code":11232}'
    value = deliver(db, feishu(robot), now, lambda: MORNING)
    assert value is not None and isinstance(value.error, Refused)
    robot.answer = b'{"code":0}'
    again = deliver(db, feishu(robot), now, lambda: MORNING)
    assert again is not None and again.error is None


def test_a_message_that_may_have_arrived_is_not_sent_twice(db: Database, robot: Robot) -> None:
    now = datetime(2026, 11, 23, 9, 30)
    robot.drop = True
    value = deliver(db, feishu(robot), now, lambda: MORNING)
    assert value is not None and isinstance(value.error, Unsure)
    assert deliver(db, feishu(robot), now, lambda: MORNING) is None
    assert len(robot.posts) == 1


# --- the file of addresses -----------------------------------------------------------------------


def test_addresses_are_readable_by_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    assert all_addresses() == []
    save(Address("工作室群", "feishu", "08:30", {"url": "https://open.feishu.cn/x", "secret": "s"}))
    save(Address("mail", "mail", settings={"host": "h", "user": "u", "to": "t"}))
    assert place().stat().st_mode & 0o777 == 0o600
    assert address("工作室群").at == "08:30"
    assert "secret" not in repr(address("工作室群"))
    monkeypatch.setenv("KILNBOARD_MAIL_PASSWORD", "from outside")
    assert address("mail").settings["password"] == "from outside"
    forget("工作室群")
    save(Address("另一群", "feishu", "08:30", {"url": "https://open.feishu.cn/y", "secret": "s"}))
    assert "from outside" not in place().read_text("utf-8")
    with pytest.raises(NoAddress, match="mail"):
        address("工作室群")
