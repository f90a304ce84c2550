"""Settings, URLs, the Celery application and the embedded servers."""

# `delay_on_commit` exists on tasks only where the Celery application is loaded with Django.
from config.celery import app as celery_app

__all__ = ["celery_app"]
