"""The product's own settings, with an encoder that costs nothing: for programs that tests start."""

from __future__ import annotations

from zhiqiao.conf.settings import *  # noqa: F403 -- the settings as they are

ZHIQIAO_ENCODER = "tests.importing.without_meaning:WithoutMeaning"
