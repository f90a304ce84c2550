"""Tests: the servers come from ``tests/conftest.py`` through the environment."""

from config.settings.base import *

SECRET_KEY = "not-a-secret-only-for-tests"  # noqa: S105 - tests sign nothing of value
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# OCR of every painter's picture would take most of the tests' time; those of the guard turn it on.
EVALUATION_GUARD_READERS = []
# A test sees what it has just written; those of the cache put one in. Attempts are counted for each test alone.
CACHES = {
    **CACHES,
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
COMPARED_SIDES_KEPT = 0
# And so does a search: what is written by a thread of its own would outlive the test that made it.
SEARCH_LOG_IN_REQUEST = True
# Whatever day it is, tests see one order.
SEARCH_DRAWN_SHARE = 0.0
# All tests come from one network.
SEARCHES_PER_MINUTE = 1_000_000
