"""Price agreements: a CSV or XLSX file that was approved → prices in the store, judged row by row.

`table` cells from a file nobody trusts; `parsing` rows from cells; `checking` rows against the catalogue; `audience`
whose price list; `report` what became of every row; `context_sheet` what authors need to know beforehand.
"""
