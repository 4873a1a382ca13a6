"""URLs of servers with odd passwords and slips: read as PostgreSQL reads them or refused, no password shown."""

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shop.connect import connect
from shop.core.errors import BadServerUrl, UnreachableServer, UnsupportedDatabase
from shop.db.database import as_path
from shop.db.urls import check_server, shop_of, with_shop, without_password
from tests.support.engines.postgres import own_data_folder

pytestmark = pytest.mark.sqlite_file("is about URLs, and about paths that are none")
SECRET = "gEheIm"
ODD = st.text(alphabet="aZ9@/:?#&=%2F[] ,.;é窑'\"\\", max_size=6)
FORMS = (
    "postgresql://lin:{}@127.0.0.1:1/county",
    "postgres://lin:{}@[::1]/county?sslmode=require",
    "postgresql://127.0.0.1:1/county?user=lin&password={}",
    "postgresql://lin:{}@a.example:1,b.example:2/county?shop=gaoling",
)


def password_of(url: str) -> str | None:
    """The password as PostgreSQL's library reads it; raises BadServerUrl."""
    psycopg = pytest.importorskip("psycopg")
    from psycopg.conninfo import conninfo_to_dict

    check_server(url)
    try:
        return conninfo_to_dict(with_shop(url, "")).get("password")  # type: ignore[return-value]
    except psycopg.ProgrammingError as problem:
        raise BadServerUrl from problem


@given(ODD, ODD, st.sampled_from(FORMS))
@example("@", "", FORMS[0])
@example("a/b@", "?", FORMS[0])
@example("?", "#", FORMS[0])
@example("%", "", FORMS[1])
@example("&a=", "", FORMS[2])
@example("@[", "", FORMS[1])
def test_a_password_is_read_as_it_is_meant_or_refused_and_never_shown(
    before: str, after: str, form: str
) -> None:
    password = f"{before}{SECRET}{after}"
    try:
        found = password_of(form.format(password))
    except BadServerUrl:
        pass
    else:
        assert found is not None and SECRET in found
        assert SECRET not in without_password(form.format(password))
        assert shop_of(with_shop(form.format(password), "yaoli")) == "yaoli"


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9))
def test_every_password_can_be_written(text: str) -> None:
    password = SECRET + text
    for form in FORMS:
        url = form.format(quote(password, safe=""))
        assert password_of(url) == password
        assert SECRET not in without_password(url)
        assert without_password(without_password(url)) == without_password(url)


@pytest.mark.parametrize("password", ["", "x/y", "x@y", "%zz", "x@y/z", "x&Wrong", "?/@"])
@pytest.mark.parametrize("form", FORMS[:3])
def test_a_wrong_address_is_refused_in_words(form: str, password: str, tmp_path: Path) -> None:
    with own_data_folder(tmp_path), pytest.raises((BadServerUrl, UnreachableServer)) as refusal:
        connect(form.format(SECRET + password + SECRET))
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["postgresql://lin:{}@127.0.0.1:1/county?sslmodus=require", "postgresql://lin:{}/county"]
)
def test_an_unknown_option_and_a_missing_host_are_a_wrong_address(url: str, tmp_path: Path) -> None:
    with own_data_folder(tmp_path), pytest.raises(BadServerUrl):
        connect(url.format(SECRET))


@pytest.mark.parametrize(
    "slip",
    [
        "postgresql:/lin:{}@host/county",
        "postgresql:lin:{}@host/county",
        "PostgreSQL://lin:{}@host/county",
        " postgresql://lin:{}@host/county",
        "postgresql+psycopg://lin:{}@host/county",
        "mysql://host/county?password=a@{}",
        "host=127.0.0.1 user=lin password={} dbname=county",
        "sqlite://{}.db",
    ],
)
def test_an_address_with_a_slip_becomes_no_file(slip: str) -> None:
    with pytest.raises(UnsupportedDatabase) as refusal:
        as_path(slip.format(SECRET))
    assert SECRET not in str(refusal.value)
