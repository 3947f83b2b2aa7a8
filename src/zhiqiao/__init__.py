"""Zhiqiao 知桥: runs a city's patent-transformation action."""

__version__ = "0.1.0"
