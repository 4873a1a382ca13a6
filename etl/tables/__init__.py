"""Reading of tables: CSV, workbooks, cells, amounts, dates, timestamps, row keys."""
