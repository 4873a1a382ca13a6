"""Exchange rates that the shop enters, and sums converted with them; nothing is converted without being called so."""
