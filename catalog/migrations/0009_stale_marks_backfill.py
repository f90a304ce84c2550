"""Tells of each record that a connector read which one it was and under what name."""

from typing import Any

from django.db import migrations

# A connector's addresses are its own; what a person cited from the same site has no payload.
PREFIXES = {
    "huggingface": "https://huggingface.co/",
    "github": "https://github.com/",
    "pypi": "https://pypi.org/project/",
    "openrouter": "https://openrouter.ai/",
}
NAMED = r"""
UPDATE catalog_sourcerecord SET connector = %(source)s,
    subject = CASE WHEN %(source)s = 'pypi'
        THEN regexp_replace(lower(rtrim(substr(url, length(%(prefix)s) + 1), '/')), '[-_.]+', '-', 'g')
        ELSE left(lower(substr(url, length(%(prefix)s) + 1)), 200) END
WHERE kind = 'registry' AND payload_digest <> '' AND starts_with(url, %(prefix)s)
"""
CHECKED = """
INSERT INTO catalog_sourcecheck (source, subject, tried_at, read_at)
SELECT connector, subject, max(fetched_at), max(fetched_at) FROM catalog_sourcerecord
WHERE connector <> '' AND fetched_at IS NOT NULL GROUP BY connector, subject
"""


def name_records(_apps: Any, schema_editor: Any) -> None:
    """Fill in what the new columns say of old rows."""
    with schema_editor.connection.cursor() as cursor:
        for source, prefix in PREFIXES.items():
            cursor.execute(NAMED, {"source": source, "prefix": prefix})
        cursor.execute(CHECKED)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_stale_marks")]
    operations = [migrations.RunPython(name_records, migrations.RunPython.noop)]
