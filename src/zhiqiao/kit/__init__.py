"""The register kit: who acts and may do what; how a register is listed, opened, moved, exported and taken in."""
