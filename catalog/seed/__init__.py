"""The seed catalogue: YAML files under ``data/catalog/`` and how they reach the database."""
