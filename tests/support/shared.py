"""Where the evaluation data lie: beside the checkout, or where MARSAD_SHARED says."""

import os
from pathlib import Path

SHARED = Path(os.environ.get("MARSAD_SHARED") or Path(__file__).parents[3] / "shared")
