"""Import of exported files: `importer.import_file`, and `retry.retry` for rows that were rejected.

`registry` finds the kinds of files and recognises a table, `worker` parses large files in a second process,
`store` stores chunks, `source_file` and `report` have the counts. Imports `etl.files`, `etl.profiles`,
`etl.tables` and `shop`.
"""
