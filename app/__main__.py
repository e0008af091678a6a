"""``python -m app`` is ``callbench``."""

import sys

from app.cli import main

sys.exit(main())
