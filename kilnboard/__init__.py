"""The one name that the wheel puts into site-packages; the packages of the program lie inside it.

A wheel holds them as kilnboard/shop, kilnboard/etl, kilnboard/dashboard and kilnboard/sample_data; a checkout holds
them next to this folder. Either way they are imported as `shop`, `etl`, `dashboard` and `sample_data`, from a folder
that only this program's own processes have on their path, so no other distribution can collide with them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the `kilnboard` command; processes that it starts find the packages as well."""
    here = Path(__file__).resolve().parent
    root = str(here if (here / "shop").is_dir() else here.parent)
    sys.path.insert(0, root)
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([root, inherited] if inherited else [root])
    from dashboard.cli import main

    main()
