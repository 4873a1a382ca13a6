"""Import of files: the registry of kinds, the importer, the parse worker."""
