"""The views of the interface: plain classes that take a register as an argument."""
