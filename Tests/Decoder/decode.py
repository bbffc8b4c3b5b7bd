#!/usr/bin/python3
"""A second reader of Tokenward's files, written from Sources/Sealing/ENVELOPE.md alone.

decode.py vectors FOLDER   every vector file leads to its content or to its class of failure, and is made again byte for byte
decode.py vaults FOLDER    every vault in a sub-folder is whole and holds what its expected.json says
decode.py damage FOLDER    changes in copies of these vaults are found
"""
import sys
from pathlib import Path

import damage
import folders
import vectors


def main() -> int:
    commands = {"vectors": vectors.check, "vaults": folders.check, "damage": damage.check}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 64
    wrong = commands[sys.argv[1]](Path(sys.argv[2]))
    for line in wrong[:50]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
