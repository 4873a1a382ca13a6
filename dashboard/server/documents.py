"""The pages that the server writes itself: signing in, the first account, Streamlit's page with our manifest, icons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path

from dashboard import theme
from dashboard.i18n.language import LANGUAGES, language, language_tag
from dashboard.i18n.messages import t, words
from dashboard.text.safety.backups import megabytes
from dashboard.theme.palette import DARK, LIGHT
from shop.backups.files import BackupFile

LOST = "/lost_shop"

STYLE = f"""
:root {{ color-scheme: light dark; --paper: {LIGHT.paper}; --surface: {LIGHT.surface};
  --ink: {LIGHT.ink}; --muted: {LIGHT.muted}; --line: {LIGHT.line};
  --primary: {LIGHT.primary}; --on: #FFFFFF; --red: {LIGHT.red}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper: {DARK.paper}; --surface: {DARK.surface};
  --ink: {DARK.ink}; --muted: {DARK.muted}; --line: {DARK.line};
  --primary: {DARK.primary}; --on: {DARK.paper}; --red: {DARK.red}; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--paper); color: var(--ink); font: 16px/1.6 -apple-system, "Segoe UI", "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; }}
main {{ width: 100%; max-width: 24rem; }}
header {{ display: flex; align-items: center; gap: .6rem; font-size: 1.1rem; margin-bottom: 1.5rem; }}
nav {{ margin-left: auto; font-size: .9rem; }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem; font-weight: 600; }}
label {{ display: block; margin-bottom: 1rem; font-size: .95rem; }}
label small {{ display: block; color: var(--muted); }}
input, select {{ display: block; width: 100%; min-height: 48px; margin-top: .25rem; padding: .5rem .75rem;
  font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: 4px; }}
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible {{ outline: 2px solid var(--primary);
  outline-offset: 2px; }}
button {{ width: 100%; min-height: 48px; font: inherit; font-weight: 600; border: 0; border-radius: 4px;
  color: var(--on); background: var(--primary); cursor: pointer; }}
button.quiet {{ margin-top: 1rem; color: var(--ink); background: transparent; border: 1px solid var(--muted); }}
p {{ color: var(--muted); font-size: .9rem; }} .wrong {{ color: var(--red); font-size: 1rem; margin: 0 0 1rem; }}
a {{ color: var(--primary); display: inline-block; padding: .5rem; }}
"""


# What stands where a part is still loaded does not move: drawing that takes a sixth of the time of opening a page.
STILL = (
    "<style>:is([data-testid=stSkeleton], [data-testid$=Skeleton] *) { animation: none !important; }</style>"
)


# Scripts of elements that most pages begin with. Streamlit fetches each when it first draws one and hides what is
# around it for up to 0.3 s more, so that the page seems to stand still (React's throttle of suspended parts).
ELEMENTS = ("Html", "TextInput", "ButtonGroup", "Button", "MenuButton", "Pagination")


def head(title: str) -> str:
    """What stands in the head of every page: the title, the icons and the manifest."""
    return (
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/app-icon.svg" type="image/svg+xml"/>'
        '<link rel="apple-touch-icon" href="/app-icon.png"/>'
        f'<link rel="manifest" href="/manifest.webmanifest?lang={language()}"/>'
        f'<meta name="theme-color" content="{LIGHT.paper}"/>'
    )


def _document(title: str, body: str, path: str) -> str:
    others = "".join(
        f'<a href="{path}?lang={code}" lang="{code}">{escape(t(f"frame.languages.{code}"))}</a>'
        for code in LANGUAGES
        if code != language()
    )
    return (
        f'<!DOCTYPE html><html lang="{language_tag()}"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"{head(title)}<style>{STYLE}</style></head><body><main><header>{theme.icon()}"
        f"<b>{escape(t('frame.name'))}</b><nav>{others}</nav></header>{body}</main></body></html>"
    )


def _field(name: str, label: str, *, kind: str, complete: str, value: str = "", hint: str = "") -> str:
    small = f"<small>{escape(hint)}</small>" if hint else ""
    return (
        f"<label>{escape(label)}{small}<input name={name!r} type={kind!r} autocomplete={complete!r} "
        f'value="{escape(value)}" required maxlength="200"/></label>'
    )


def _wrong(problem: str) -> str:
    return f'<p class="wrong" role="alert">{escape(problem)}</p>' if problem else ""


def sign_in_page(*, back: str, user: str = "", problem: str = "", is_plain: bool = False) -> str:
    """The page for signing in; `back` is the path to go on to, `is_plain` warns of an unencrypted address."""
    title = t("sign_in.title")
    body = (
        f"<h1>{escape(title)}</h1>{_wrong(problem)}"
        f'<form method="post" action="/sign-in?lang={language()}">'
        f'<input type="hidden" name="next" value="{escape(back)}"/>'
        + _field("user", t("sign_in.user"), kind="text", complete="username", value=user)
        + _field("password", t("sign_in.password"), kind="password", complete="current-password")
        + f"<button>{escape(t('sign_in.submit'))}</button></form><p>{escape(t('sign_in.help'))}</p>"
        + (f"<p>{escape(t('sign_in.plain'))}</p>" if is_plain else "")
    )
    return _document(title, body, "/sign-in")


def set_up_page(*, user: str = "", code: str = "", back: str = "/", problem: str = "") -> str:
    """The page that creates the first owner's account with the code from the terminal or the dashboard.

    `back` is the path to go on to.
    """
    title = t("sign_in.set_up.title")
    body = (
        f"<h1>{escape(title)}</h1><p>{escape(t('sign_in.set_up.lead'))}</p>{_wrong(problem)}"
        f'<form method="post" action="/set-up?lang={language()}">'
        f'<input type="hidden" name="next" value="{escape(back)}"/>'
        + _field(
            "code",
            t("sign_in.set_up.code"),
            kind="text",
            complete="off",
            value=code,
            hint=t("sign_in.set_up.code_help"),
        )
        + _field("user", t("sign_in.user"), kind="text", complete="username", value=user)
        + _field("password", t("sign_in.password"), kind="password", complete="new-password")
        + _field("again", t("sign_in.set_up.again"), kind="password", complete="new-password")
        + f"<button>{escape(t('sign_in.set_up.submit'))}</button></form>"
    )
    return _document(title, body, "/set-up")


def lost_shop_page(path: Path, backups: Sequence[BackupFile], problem: str = "") -> str:
    """The page of a shop whose file is gone: its backups, by this computer's clock, to choose from, and a new shop."""
    title = t("backups.lost.title")
    options = "".join(
        f'<option value="{escape(item.path.name)}">{escape(_line(item))}</option>' for item in backups
    )
    form = f'<form method="post" action="{LOST}?lang={language()}">'
    restoring = (
        f'{form}<label>{escape(t("backups.lost.which"))}<select name="choice">{options}</select></label>'
        f"<button>{escape(t('backups.lost.restore'))}</button></form>"
    )
    body = (
        f"<h1>{escape(title)}</h1>{_wrong(problem)}"
        f"<p>{escape(t('backups.lost.lead', path=str(path), count=len(backups)))}</p>"
        + (restoring if backups else "")
        + f'{form}<input type="hidden" name="choice" value="new"/>'
        f'<button class="quiet">{escape(t("backups.lost.new"))}</button></form>'
        f"<p>{escape(t('backups.lost.new_note'))}</p>"
    )
    return _document(title, body, LOST)


def _line(item: BackupFile) -> str:
    local = item.taken_at.astimezone()
    when = t("backups.when", on=local.date(), at=local)
    reason = t(f"backups.reasons.{item.reason}")
    return t("backups.lost.line", when=when, reason=reason, size=megabytes(item.bytes))


def unavailable_page(problem: str, path: str) -> str:
    """The page with the reason why the shop cannot be read at the moment."""
    return _document(t("frame.name"), _wrong(problem), escape(path))


def unknown_page(path: str) -> str:
    """The page for an address that leads nowhere, with the way to the first page."""
    link = f'<a href="/?lang={language()}">{escape(t("frame.first_page"))}</a>'
    return _document(t("frame.name"), f"<h1>{escape(t('frame.unknown_page'))}</h1>{link}", escape(path))


@cache
def _streamlit_page() -> str:
    page = files("streamlit").joinpath("static", "index.html").read_text("utf-8")
    for old in ('<html lang="en">', "<title>Streamlit</title>"):
        if old not in page:
            raise RuntimeError(f"Streamlit's page has no {old}")
    return page.replace('<link rel="shortcut icon" href="./favicon.png" />', "").replace(
        '<link rel="service-desc" href="./_stcore/agent/openapi.json" />', ""
    )


def app_page() -> str:
    """Streamlit's page in the language of this run, installable, with our icons."""
    page = _streamlit_page().replace('<html lang="en">', f'<html lang="{language_tag()}">')
    return page.replace("<title>Streamlit</title>", f"{head(t('frame.name'))}{STILL}{_scripts()}")


@cache
def _scripts() -> str:
    """What puts Streamlit's own texts into the languages other than its own, English; and the script of open pages."""
    original = {key: text for key, text in words("en").items() if key.startswith("framework.")}
    phrases = {
        language_tag(code): {text: words(code)[key] for key, text in original.items()}
        for code in LANGUAGES
        if code != "en"
    }
    framework, changes = (
        files(__package__).joinpath(f"{name}.js").read_text("utf-8") for name in ("framework", "changes")
    )
    content = json.dumps(phrases, ensure_ascii=False).replace("<", "\\u003c")
    early = f"addEventListener('DOMContentLoaded', () => {json.dumps(element_scripts())}.forEach((at) => import(at)))"
    return (
        f"<script>const PHRASES = {content};\n{framework}</script><script>{changes}</script>"
        f"<script>{early}</script>"
    )


def element_scripts() -> list[str]:
    """The addresses of the scripts of ELEMENTS in the installed Streamlit; those that it lacks are left out."""
    scripts = files("streamlit").joinpath("static", "static", "js")
    names = [item.name for item in scripts.iterdir()]
    return [
        f"/static/js/{name}"
        for element in ELEMENTS
        for name in names
        if name.startswith(f"{element}.") and name.endswith(".js")
    ]


def manifest() -> str:
    """The web app manifest, so that a phone can put Kilnboard on its home screen."""
    icons = [
        {"src": "/app-icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        {"src": "/app-icon.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ]
    return json.dumps(
        {
            "name": t("frame.name"),
            "short_name": t("frame.name"),
            "lang": language_tag(),
            "id": "/",
            "start_url": f"/?lang={language()}",
            "scope": "/",
            "display": "standalone",
            "background_color": LIGHT.paper,
            "theme_color": LIGHT.paper,
            "icons": icons,
        },
        ensure_ascii=False,
    )


def icon_picture() -> bytes:
    """The app's icon as PNG, 512 x 512."""
    return files(theme.__name__).joinpath("icon.png").read_bytes()
