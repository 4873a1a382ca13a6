"""The only writer of CSV and XLSX, and the export of whole tables."""
