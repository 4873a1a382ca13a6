"""Column-mapping profiles: a TOML file that says how to read any CSV or workbook as one of our tables.

`model` reads and checks a profile, `kind` turns it into a kind of file, `suggest` writes a first one from a
file. `built_in/` holds those that come with the program. Imports `etl.files`, `etl.tables` and `shop`.
"""
