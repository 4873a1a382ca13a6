# One command per task; see CONTRIBUTING.md.

python := ".venv/bin/python"

# Everything that must hold before a commit
check:
    .venv/bin/ruff format --check .
    .venv/bin/ruff check .
    {{python}} -m mypy
    {{python}} -m pytest

# The tests, or some of them
test *ARGS:
    {{python}} -m pytest {{ARGS}}

# The practice shop in the browser
demo *ARGS:
    .venv/bin/kilnboard demo {{ARGS}}
