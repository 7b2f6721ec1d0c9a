"""The admin people see: pages of a shop, and frames that hold apps."""
