"""`python -m pipeline.cli` is `newsclaims`."""

import sys

from pipeline.cli import main

sys.exit(main())
