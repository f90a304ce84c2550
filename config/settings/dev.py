"""One machine, embedded servers: what ``make up`` runs with. ``DEBUG`` is off unless asked for."""

from config.embedded import local_secret_key
from config.settings.base import *

SECRET_KEY = env.str("SECRET_KEY", "") or local_secret_key(DATA_DIR)
