"""The process that reads a large file is there at once: it loads nothing that only storing and figures need."""

import subprocess
import sys

import pytest

LOADED = (
    "import sys; from etl.imports import no_pandas, worker; from etl.tables.base import trimmed; "
    "import pyarrow as pa; print(trimmed(pa.array([' a ', '-'])).to_pylist(), "
    "*sorted({'pandas', 'sqlmodel', 'shop.models'} & {*sys.modules}))"
)


@pytest.mark.sqlite_file("a process that follows onto a server has loaded what opens shops there")
def test_the_process_that_reads_loads_no_tables_and_no_pandas() -> None:
    result = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "['a', None]"
