"""`python -m geo_api.cli`: the command line where it isn't installed as `bezpeka`."""

import sys

from geo_api.cli import main

sys.exit(main())
