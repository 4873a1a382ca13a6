"""Until when an order has to leave, read only while that matters."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.fields import Values
from etl.files.rows import Rows


def promised_at(rows: Rows, zone: str, status: Values) -> Values:
    """The moment (seconds UTC) by which the platform wants an order sent; MISSING once it is sent or cancelled."""
    unsent = pa.array(np.asarray(status) == "paid")
    rows.replace("promised_at", pc.if_else(unsent, rows.cells("promised_at"), pa.scalar(None, pa.string())))
    return rows.instant("promised_at", zone)
