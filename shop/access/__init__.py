"""Access: who may do what (`roles`), the audit log (`audit`) and row changes with their undo (`change_log`).

Imports core, models and db."""
