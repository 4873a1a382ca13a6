"""No person in any file that an import writes: 50 canaries and more in a file of every kind, found nowhere after it.

Kinds and built-in profiles are those that the registry has; further columns by header and by content, rejected
rows, suggested profiles, reports as JSON and exports are read as bytes.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from etl import platforms
from etl.imports import registry
from etl.profiles.suggest import suggest
from etl.tables.open import open_table
from shop.comments.vault import mask_and_seal
from shop.core.errors import ShopError
from shop.core.personal import without_contacts
from tests.support.canaries import Canaries, everything_written, planted
from tests.support.files_by_kind import DATA, SAMPLES, Sample
from tests.support.fresh import empty_shop_file

LATIN = ("cp1252",)
every = pytest.mark.parametrize("sample", SAMPLES, ids=lambda item: item.name)
ORDERS = [sample for sample in SAMPLES if "order" in sample.name or "item" in sample.name]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "shop").mkdir()
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop" / "shop.db")))

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(root_command(), [str(item) for item in arguments], catch_exceptions=False)

    return run


def kind_of(sample: Sample) -> Any:
    return sample.kind or registry.recognise(open_table(sample.path), registry.all_kinds()).kind


def exposed(canaries: Canaries, tmp_path: Path, *outputs: str) -> list[tuple[str, str]]:
    written = [*everything_written(tmp_path / "shop"), ("output", "".join(outputs).encode())]
    return [(name, token) for name, content in written for token in canaries.exposed(content)]


@every
def test_no_person_is_in_any_file_that_an_import_writes(sample: Sample, run: Any, tmp_path: Path) -> None:
    kind, canaries = kind_of(sample), Canaries(latin=sample.encoding in LATIN)
    path = tmp_path / sample.name
    path.write_bytes(planted(sample, kind.FIELDS, canaries))
    assert len(canaries.tokens) >= 50
    options = [
        f"--{name.replace('_', '-')}={value}" for name, value in sample.settings.items() if name != "saved_at"
    ]
    if sample.own_profile is not None:
        options += ["--profile", DATA / sample.own_profile]
    else:
        options += ["--as", kind.NAME]
    result = run("import", *options, path, "--json")
    assert result.exit_code in (0, 1)
    assert json.loads(result.output)["files"][0]["read"] > 0
    outputs = [result.output]
    if kind.NAME in ("etsy_listings", "shopify_products"):
        outputs.append(run("listing", "export", tmp_path / "shop" / "catalog.csv").output)
        outputs.append(run("import", "--retry", "--json").output)
    assert exposed(canaries, tmp_path, *outputs) == []


@pytest.mark.parametrize("sample", ORDERS, ids=lambda item: item.name)
def test_a_suggested_profile_and_its_questions_name_nobody(sample: Sample, run: Any, tmp_path: Path) -> None:
    canaries = Canaries(latin=sample.encoding in LATIN)
    path = tmp_path / "shop" / sample.name
    outside = tmp_path / sample.name
    outside.write_bytes(planted(sample, kind_of(sample).FIELDS, canaries))
    try:
        suggestion = suggest(outside)
    except ShopError as problem:
        assert not canaries.exposed(str(problem).encode())
        return
    path.with_suffix(".toml").write_text(suggestion.text, "utf-8")
    questions = run("import", "--suggest", outside, "--json")
    stored = run("import", "--profile", path.with_suffix(".toml"), outside, "--json")
    assert exposed(canaries, tmp_path, questions.output, stored.output) == []


class Privacy:
    """People as one hash; remarks masked as they are in a shop without a key for contacts."""

    def __call__(self, identity: str) -> int | None:
        return 1

    def masked(self, remark: str) -> dict[str, Any]:
        return {"content": mask_and_seal(remark, "").text}


@pytest.mark.parametrize("platform", platforms.names())
def test_what_a_connector_lets_through_is_free_of_contacts(platform: str) -> None:
    connector, canaries = platforms.connector(platform), Canaries()
    for name in sorted(connector.ALLOWED_FIELDS):
        cell = f"call {canaries.contact()} please"
        record = {name: cell, "orders": [{name: {"text_part": cell}}], "unknown_name": canaries.person()}
        cleaned = without_contacts(connector.strip_personal(record, Privacy()))
        assert canaries.exposed(json.dumps(cleaned, ensure_ascii=False).encode()) == [], name
