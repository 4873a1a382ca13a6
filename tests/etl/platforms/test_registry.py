"""A new platform is one more package in `etl/platforms`: it is discovered by its folder."""

from pathlib import Path

import pytest

from etl import platforms
from etl.errors import UnknownPlatform


def test_a_new_platform_is_one_more_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "glaze_shop"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "connector.py").write_text('NAME, PLATFORM = "glaze_shop", "glaze"\n', "utf-8")
    with pytest.raises(UnknownPlatform):
        platforms.connector("glaze_shop")
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    assert "glaze_shop" in platforms.names()
    assert platforms.connector("glaze_shop").PLATFORM == "glaze"
