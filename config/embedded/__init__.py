"""The servers that stand in where no ``DATABASE_URL`` and ``BROKER_URL`` are given.

PostgreSQL 18 with pgvector and Valkey run from wheels, keep their data under the data directory and
listen on unix sockets only. Asking where they are costs nothing and starts nothing; ``postgres`` and
``valkey`` start them.
"""

from config.embedded.places import broker_url, database_url, local_secret_key

__all__ = ["broker_url", "database_url", "local_secret_key"]
