"""`python -m kilnboard`: the same as the command `kilnboard`."""

from kilnboard import main

main()
