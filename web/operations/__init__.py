"""What people who run a site need: its state, its metrics, its backups."""
