"""``python -m zhiqiao``: the same as the command ``zhiqiao``."""

from zhiqiao.cli.main import run

run()
