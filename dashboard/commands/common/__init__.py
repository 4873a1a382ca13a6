"""What the commands share: parameter types, output, session."""
