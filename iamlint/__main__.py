"""`python -m iamlint` is the command `iamlint`."""

from iamlint.cli.main import main

main()
