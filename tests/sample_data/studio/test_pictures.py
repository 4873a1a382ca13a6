"""The drawn pots: every form stands on its paper in its glaze, the same each time."""

import io

import numpy as np
import pytest
from PIL import Image

from sample_data.generator.catalog import FORMS as OFFERED
from sample_data.generator.catalog import GLAZES as GLAZED
from sample_data.studio.catalog import FORM_NAMES, GLAZE_NAMES
from sample_data.studio.pictures import FORMS, GLAZES, PAPER, SIZE, main, picture


def pixels(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.format == "JPEG" and image.size == (SIZE, SIZE)
        return np.asarray(image, dtype=float)


def test_there_is_a_drawing_for_every_form_and_glaze_on_offer() -> None:
    assert {FORM_NAMES[form[0]] for form in OFFERED} == set(FORMS)
    assert {GLAZE_NAMES[glaze[0]] for glaze in GLAZED} == set(GLAZES)


@pytest.mark.parametrize("form", FORMS)
def test_a_pot_stands_in_the_middle_of_its_paper(form: str) -> None:
    seen = pixels(picture(form, "钧红", 3))
    red = seen[..., 0] - seen[..., 1] > 40
    assert 0.02 < red.mean() < 0.5
    rows, columns = np.nonzero(red)
    assert abs(np.median(columns) / SIZE - 0.5) < 0.08
    assert rows.max() / SIZE < 0.95 and columns.max() / SIZE < 0.97 and rows.min() > 0
    assert np.abs(seen[:20] - PAPER).max() < 40, "paper above it"


def test_equal_wishes_give_equal_pictures_and_glazes_differ() -> None:
    assert picture("饭碗", "青瓷", 1) == picture("饭碗", "青瓷", 1)
    green, blue = (pixels(picture("饭碗", glaze, 1))[250, 240] for glaze in ("青瓷", "天青"))
    assert green[1] > green[2] and blue[2] > blue[1]


def test_pictures_asked_for_in_a_row_land_in_a_folder(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = io.TextIOWrapper(io.BytesIO("饭碗\t青瓷\t1\n香插\t粉青\t2\n".encode()))
    monkeypatch.setattr("sys.stdin", wishes)
    main(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.jpg", "1.jpg"]
    assert (tmp_path / "0.jpg").read_bytes() == picture("饭碗", "青瓷", 1)
