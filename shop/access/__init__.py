"""Who may do what: roles, the audit log and the row change log. Imports core and models."""
