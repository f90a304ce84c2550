"""A real deployment behind TLS. Every secret comes from the environment."""

from environs import validate

from config.logs import logging_config
from config.settings.base import *

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
# Links in mails lead there; without it they would lead where a visitor's Host header says.
SITE_URL = env.str("SITE_URL", validate=validate.URL(schemes={"https"}, require_tld=False))
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Whoever has a staff member's password alone does not get into the admin.
STAFF_SECOND_FACTOR = True

# What a model's weights might do to the library that reads them, they do without the site's keys.
EVALUATION_MODEL_PROCESS = env.bool("EVALUATION_MODEL_PROCESS", True)

LOGGING = logging_config(env.str("LOG_FORMAT", "json"), level=env.str("LOG_LEVEL", "INFO"))

# Pictures in an S3-compatible store, shared by all machines. Keys come from the usual AWS_* variables.
if bucket := env.str("MEDIA_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("MEDIA_BUCKET_URL", None),
            # Names are the SHA-256 of their content: writing one again changes nothing.
            "file_overwrite": True,
            "default_acl": None,
        },
    }

if sentry_dsn := env.str("SENTRY_DSN", ""):
    import sentry_sdk

    sentry_sdk.init(dsn=sentry_dsn, send_default_pii=False, traces_sample_rate=0.0)
