"""Measurements: ours against a yardstick, in turn, in one run. Ratios count; single figures prove nothing."""
