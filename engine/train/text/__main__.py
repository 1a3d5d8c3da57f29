"""`python -m engine.train.text --data DIR --out DIR`: trains the text-emotion model, measures it, packs it
to ship."""

import sys

from engine.train.text.run import main

if __name__ == "__main__":
    sys.exit(main())
