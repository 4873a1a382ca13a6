"""Column-mapping profiles: a TOML file that states how to read any CSV or workbook as one of our tables.

`model` reads and checks a profile, `kind` turns it into a kind of file, `suggest` writes a first one from a
file. `built_in/` has those that come with the program. Imports `etl.files`, `etl.tables` and `shop`.
"""
