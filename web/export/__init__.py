"""Bulk export: the whole catalogue and all evaluations as lines of JSON, live and as dated dumps."""
