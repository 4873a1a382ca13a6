import re
from pathlib import Path

from etl.errors import REASONS, sentence

FILES = Path(__file__).parents[2] / "etl"
CODE = re.compile(r'refuse(?:_where|_cells)?\([^"]*?(?:"[a-z_.]+"[^"]*?)?"([A-Z]\w+)"')
OTHERS = re.compile(r'(?:BadRow\([^"]*|_numbers\([^"]*|_mapped\([^"]*|integers\([^"]*)"([A-Z]\w+)"')


def test_every_code_in_use_has_words():
    source = "\n".join(path.read_text("utf-8") for path in sorted(FILES.rglob("*.py")))
    used = {*CODE.findall(source), *OTHERS.findall(source)}
    assert len(used) > 15
    assert used <= set(REASONS)


def test_a_sentence_without_its_details_is_still_a_sentence():
    for code in REASONS:
        assert sentence(code, {}).endswith((".", "?"))
