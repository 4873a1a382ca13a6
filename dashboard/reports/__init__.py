"""Reports to take away: HTML, PDF, XLSX, PNG card, morning message."""
