"""Settings shared by every environment; each variable of the environment is read here."""

from decimal import Decimal
from pathlib import Path

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from environs import Env

from config import embedded
from config.counters import attempts, counters
from config.logs import logging_config
from config.settings.accounts import *

# Lets admin classes and querysets name their model in brackets, as the type checker wants.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")
CATALOGUE_DIR = BASE_DIR / "data" / "catalog"
SUITES_DIR = BASE_DIR / "data" / "suites"
MODELS_DIR = BASE_DIR / "data" / "models"
# What the hidden splits of the suites are drawn from; kept out of every repository, export and log.
SUITES_SECRET = env.str("SUITES_SECRET", "")
SHAPES_FILE = BASE_DIR / "data" / "shapes.yaml"
RECIPES_DIR = env.path("RECIPES_DIR", BASE_DIR / "data" / "recipes")

# Models that judge pictures of the world, each as org/name@commit or a folder. Unset: nothing is judged.
JUDGE_MODEL = env.str("JUDGE_MODEL", "")
DETECTOR_MODEL = env.str("DETECTOR_MODEL", "")

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_NAME = env.str("SITE_NAME", "Unfragile")
RANK_NAME = env.str("RANK_NAME", "UnfragileRank")
# Visitors may say which of two pictures they prefer; what they say weighs 0 in the rank.
ARENA_ENABLED = env.bool("ARENA_ENABLED", False)

INSTALLED_APPS = [
    "config.staff.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "pgvector.django",
    "csp",
    "django_htmx",
    "catalog",
    "evaluation",
    "matchgraph",
    "ranking",
    "web",
]

MIDDLEWARE = [
    "web.middleware.RequestRecord",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["web.templatetags.unfragile"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.site",
            ],
        },
    },
]

DATABASES = {"default": env.dj_db_url("DATABASE_URL", embedded.database_url(DATA_DIR))}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
# A server that does not answer holds no page for longer than this.
# (`make lint` compares models with migrations on SQLite, which knows no such thing.)
if "postgres" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# Behind pgbouncer in transaction mode a session may change between two statements: nothing may live longer.
DATABASE_POOLED = env.bool("DATABASE_POOLED", False)
if DATABASE_POOLED:
    DATABASES["default"].update(CONN_MAX_AGE=0, DISABLE_SERVER_SIDE_CURSORS=True)
# A page that takes longer is given up by the database itself. For web processes; 0 is no limit. pgbouncer
# refuses such options: there, set it for the role with ALTER ROLE … SET statement_timeout.
if _limit_ms := env.int("DATABASE_STATEMENT_TIMEOUT_MS", 0):
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c statement_timeout={_limit_ms}"

# A copy that follows by streaming replication; public pages are drawn from it (web/replica.py).
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = DATABASES["default"] | env.dj_db_url("DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["web.replica.ReplicaRouter"]

# A message whose worker died is delivered again after this long; every task's limit is shorter.
VISIBILITY_TIMEOUT_S = 1_320
CELERY_BROKER_URL = env.str("BROKER_URL", embedded.broker_url(DATA_DIR))
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT_S}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "evaluation.tasks.generate_*": {"queue": "generate"},
    "evaluation.tasks.repeat_*": {"queue": "generate"},
    "evaluation.tasks.read_*": {"queue": "read"},
    "evaluation.tasks.score_*": {"queue": "score"},
}
CELERY_TIMEZONE = "UTC"

# Evaluation: a worker that was silent for so long is taken for dead; a message generates so many samples;
# a sample begun so often without an end counts as failed; dead claims and lost messages are looked for this
# often; this share of the pictures is made again and compared.
EVALUATION_CLAIM_EXPIRY_S = env.float("EVALUATION_CLAIM_EXPIRY_S", 20.0)
EVALUATION_CHUNK_SIZE = env.int("EVALUATION_CHUNK_SIZE", 32)
EVALUATION_MOST_ATTEMPTS = env.int("EVALUATION_MOST_ATTEMPTS", 5)
EVALUATION_SWEEP_S = env.float("EVALUATION_SWEEP_S", 60.0)
# So many evaluations that builders asked for run at a time; 0 holds them all back.
EVALUATION_REQUESTS_AT_ONCE = env.int("EVALUATION_REQUESTS_AT_ONCE", 1)
EVALUATION_CANARY_SHARE = env.float("EVALUATION_CANARY_SHARE", 0.05)
# Readers that look at every picture for text meant for a judge. Not set: OCR wherever it is installed; empty: none.
EVALUATION_GUARD_READERS: list[str] | None = env.list("EVALUATION_GUARD_READERS", None)
# A process of its own for each loaded model, without secrets and without the network; on in production.
EVALUATION_MODEL_PROCESS = env.bool("EVALUATION_MODEL_PROCESS", False)
# Seconds from one picture to the next after which that process is ended; its memory in GB, 0 for no limit.
EVALUATION_MODEL_RESULT_S = env.float("EVALUATION_MODEL_RESULT_S", 900.0)
EVALUATION_MODEL_MEMORY_GB = env.float("EVALUATION_MODEL_MEMORY_GB", 0.0)
# Refuse to run a model where the kernel does not let its process leave the network.
EVALUATION_MODEL_NO_NETWORK = env.bool("EVALUATION_MODEL_NO_NETWORK", False)

# Read by `celery --app config beat`.
CELERY_BEAT_SCHEDULE = {
    # Each source once a day; by the hour where it asked for patience, the most urgent things first.
    "refresh-sources": {
        "task": "catalog.tasks.refresh_sources",
        "schedule": crontab(minute="17"),
        "options": {"expires": 3_000},
    },
    "keep-house": {"task": "catalog.tasks.keep_house", "schedule": crontab(hour="5", minute="23")},
    # Workers do this by themselves too; beat helps where all of them are busy for long.
    "sweep-evaluations": {
        "task": "evaluation.tasks.sweep_runs",
        "schedule": EVALUATION_SWEEP_S,
        "options": {"expires": EVALUATION_SWEEP_S},
    },
    "start-requests": {
        "task": "evaluation.tasks.start_requested",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "learn-from-visitors": {"task": "matchgraph.tasks.learn_from_visitors", "schedule": crontab(minute="23")},
    "purge-searches": {
        "task": "matchgraph.tasks.purge_searches",
        "schedule": crontab(hour="5", minute="11"),
    },
    "build-matchgraph": {
        "task": "matchgraph.tasks.build_matchgraph",
        "schedule": crontab(hour="5", minute="29"),
    },
    "recompute-rank": {"task": "ranking.tasks.recompute_rank", "schedule": crontab(hour="7", minute="3")},
    # Behind the day's ranks, so that it holds them.
    "dump-site": {
        "task": "web.tasks.dump_site",
        "schedule": crontab(hour="7", minute="33"),
        "options": {"expires": 43_200},
    },
    "check-claims": {"task": "catalog.tasks.check_claims", "schedule": crontab(hour="6", minute="41")},
    "send-builders": {
        "task": "web.tasks.send_builders",
        "schedule": crontab(hour="7", minute="33", day_of_week="1"),
    },
    "send-brief": {
        "task": "web.tasks.send_brief",
        "schedule": crontab(hour="7", minute="3", day_of_week="1"),
    },
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "media")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = env.str("MEDIA_URL", "/media/")
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Mail to builders and readers. Without a server, messages lie as files where an operator of one machine can read them.
if mail_url := env.str("EMAIL_URL", ""):
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "builders@localhost")
# Where links in mails lead, as https://example.org; without it the weekly brief is not mailed.
SITE_URL = env.str("SITE_URL", "")
# Who answers for this site, as its page about itself names them.
OPERATOR_NAME = env.str("OPERATOR_NAME", "")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
BRIEF_FROM_EMAIL = env.str("BRIEF_FROM_EMAIL", DEFAULT_FROM_EMAIL)
# Mails that cannot be delivered come back to this mailbox, each to an address of its own behind a "+".
BRIEF_BOUNCE_ADDRESS = env.str("BRIEF_BOUNCE_ADDRESS", "")
# A server that says nothing must not hold a worker.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A form that begins signing in with another site is led on to it.
        "form-action": [SELF, *OAUTH_HOSTS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True

# Counters of the API's limits and of attempts to sign in: where all web processes see them. Without Redis each
# process counts alone.
COUNTERS_URL = env.str("COUNTERS_URL", CELERY_BROKER_URL)
CACHES = {
    # What allauth counts with; nothing else is kept there.
    "default": attempts(COUNTERS_URL),
    "limits": counters(COUNTERS_URL),
    # Rendered pages, compressed: some 20 kB each in every web process, kept for ten minutes for an outage.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}
# Sides of comparisons that every web process keeps for a minute, some 100 KB each; 0 keeps none.
COMPARED_SIDES_KEPT = env.int("COMPARED_SIDES_KEPT", 300)
# Daily dumps that are kept for download; 0 writes none. One is about 1.3 times its lines.
DUMPS_KEPT = env.int("DUMPS_KEPT", 7)
# Where they lie: one folder for the worker that writes them and the web processes that give them out.
DUMPS_DIR = env.path("DUMPS_DIR", DATA_DIR / "dumps")
# How many proxies of our own stand in front: so many entries of X-Forwarded-For are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Searches on the page that one network may make in a minute; the API has limits of its own.
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", 60)
# No statement of a search may hold the database longer than this.
SEARCH_STATEMENT_MS = env.int("SEARCH_STATEMENT_MS", 2_000)

# The words of a search are forgotten after so many days, the search itself after these.
SEARCH_WORDS_KEPT_DAYS = env.int("SEARCH_WORDS_KEPT_DAYS", 30)
SEARCH_EVENTS_KEPT_DAYS = env.int("SEARCH_EVENTS_KEPT_DAYS", 400)
# In this share of the searches the order of one near-tied pair is drawn by lot, to learn what positions do.
SEARCH_DRAWN_SHARE = env.float("SEARCH_DRAWN_SHARE", 0.3)
# Searches are written down beside the request, by a thread of its process; only tests wait for it.
SEARCH_LOG_IN_REQUEST = env.bool("SEARCH_LOG_IN_REQUEST", False)

# Sentence embeddings for search; another model by setting, the digest on each vector keeps them apart.
EMBEDDING_MODEL_DIR = env.path("EMBEDDING_MODEL_DIR", DATA_DIR / "models" / "minilm-l6")
# Memory for building an index of vectors: about 1.7 GB for a million, or it takes many times as long.
INDEX_MEMORY_MB = env.int("INDEX_MEMORY_MB", 1_024)

# Who may read /metrics; without a token the page does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# /readyz names an open evaluation or a published rank that is older, and a queue that stands still for longer.
ALARM_QUEUE_AGE_S = env.int("ALARM_QUEUE_AGE_S", 1_800)
ALARM_RUN_AGE_S = env.int("ALARM_RUN_AGE_S", 86_400)
ALARM_RANK_AGE_S = env.int("ALARM_RANK_AGE_S", 7 * 86_400)

# Where connectors read, and as whom. Another address serves a mirror, or a test.
CONNECTOR_URLS = {
    "openrouter": env.str("OPENROUTER_URL", "https://openrouter.ai/api/v1"),
    "huggingface": env.str("HUGGINGFACE_URL", "https://huggingface.co"),
    "github": env.str("GITHUB_URL", "https://api.github.com"),
    "pypi": env.str("PYPI_URL", "https://pypi.org"),
    "pypistats": env.str("PYPISTATS_URL", "https://pypistats.org"),
    "replicate": env.str("REPLICATE_URL", "https://api.replicate.com"),
    "civitai": env.str("CIVITAI_URL", "https://civitai.com"),
    "modelsdev": env.str("MODELS_DEV_URL", "https://models.dev"),
}
CONNECTOR_TOKENS = {
    "openrouter": env.str("OPENROUTER_TOKEN", ""),
    "huggingface": env.str("HF_TOKEN", ""),
    "github": env.str("GITHUB_TOKEN", ""),
    # Replicate tells strangers nothing: without a token it is not on the schedule.
    "replicate": env.str("REPLICATE_TOKEN", ""),
    "civitai": env.str("CIVITAI_TOKEN", ""),
}
# The GPU of the workers on the `generate` queue, for estimates and for refusing what cannot fit: gigabytes,
# dense 16-bit TFLOP/s, and what an hour costs. Nothing is estimated or refused by what is not declared.
EVALUATION_GPU = {
    "memory_gb": env.float("GPU_MEMORY_GB", 0),
    "tflops": env.float("GPU_TFLOPS", 0),
    "usd_per_hour": env.decimal("GPU_USD_PER_HOUR", Decimal(0)),
}
# Seconds that compiling a model's repeated blocks takes; a recipe that allows it is compiled where that pays.
EVALUATION_COMPILE_S = env.float("EVALUATION_COMPILE_S", 120.0)
# How many loaded models a worker keeps: 1 where one of them fills the GPU.
EVALUATION_MODELS_HELD = env.int("MODELS_HELD", 2)
# The OpenAI-compatible endpoint that reads capabilities out of model cards; without one a plain extractor does.
DECOMPOSITION_ENDPOINT = {
    "url": env.str("DECOMPOSITION_URL", ""),
    "model": env.str("DECOMPOSITION_MODEL", ""),
    "key": env.str("DECOMPOSITION_KEY", ""),
    "usd_per_million_input": env.float("DECOMPOSITION_USD_PER_MILLION_INPUT", 0.0),
    "usd_per_million_output": env.float("DECOMPOSITION_USD_PER_MILLION_OUTPUT", 0.0),
    "max_usd": env.float("DECOMPOSITION_MAX_USD", 0.05),
}
# Drafts become capabilities by a person's word, unless this is switched off.
DECOMPOSITION_NEEDS_APPROVAL = env.bool("DECOMPOSITION_NEEDS_APPROVAL", True)
# APIs that models are evaluated through: addresses by operators alone, keys from the environment alone.
EVALUATION_ENDPOINTS = {
    "openai": {
        "url": env.str("OPENAI_API_URL", "https://api.openai.com/v1"),
        "key": env.str("OPENAI_API_KEY", ""),
        "requests_per_minute": env.float("OPENAI_REQUESTS_PER_MINUTE", 5),
    },
    "openrouter": {
        "url": env.str("OPENROUTER_API_URL", "https://openrouter.ai/api/v1"),
        "key": env.str("OPENROUTER_API_KEY", ""),
        "requests_per_minute": env.float("OPENROUTER_REQUESTS_PER_MINUTE", 20),
    },
    # A server of one's own that speaks /sdapi/v1; its key is "user:password".
    "sdnext": {
        "url": env.str("SDNEXT_API_URL", ""),
        "key": env.str("SDNEXT_API_KEY", ""),
        "uses_basic_auth": True,
    },
}
# What one run may cost; the rest is read by the next. Shorter than the task's limit.
INGEST_MAX_REQUESTS = env.int("INGEST_MAX_REQUESTS", 3_000)
INGEST_MAX_SECONDS = env.float("INGEST_MAX_SECONDS", 900)
# Model cards read in one run, those of the most urgent models first.
INGEST_MAX_CARDS = env.int("INGEST_MAX_CARDS", 200)
# Raw payloads kept of each address, and for how long the records of runs are.
INGEST_PAYLOADS_KEPT = env.int("INGEST_PAYLOADS_KEPT", 5)
INGEST_RUNS_KEPT_DAYS = env.int("INGEST_RUNS_KEPT_DAYS", 90)

# "json" for a collector of logs, "console" for people.
LOGGING = logging_config(env.str("LOG_FORMAT", "console"), level=env.str("LOG_LEVEL", "INFO"))
