"""What all tests share."""

import os

pytest_plugins = ["pytester"]

# Tests edit programs and run them again at once, within the second that importing compares: the programs that they
# start leave no bytecode behind. What Recoup itself makes of bytecode that is left has a test of its own.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
