"""Column-mapping profiles: any table as orders, sessions or comments."""
