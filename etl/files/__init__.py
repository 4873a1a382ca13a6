"""Export files: one module per kind, recognised by its headers; `generic` takes any table by a profile."""
