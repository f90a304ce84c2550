"""What a line of each bulk export holds, written by PostgreSQL itself.

One statement per export, in the order of the primary key, so that the first line leaves before the last is
read. The column that ends on a parenthesis of ``row_to_json`` is the line. Nothing of claims, keys, users
or visitors is named here, and no prompt whose suite is still secret.
"""

from dataclasses import dataclass

SOURCE = (
    """json_build_object('record', s.id, 'name', s.name, 'url', s.url, 'kind', s.kind, 'as_of', {date})"""
)

ARTIFACTS = f"""
SELECT row_to_json(line) FROM (
    SELECT
        a.slug, a.name, a.aliases, a.kind,
        json_build_object('slug', p.slug, 'name', p.name, 'url', p.url) AS publisher, a.summary, a.about, a.openness, a.status,
        a.licence_id, a.licence_name, a.licence_url, a.licence_outputs_commercial,
        a.licence_weights_commercial, a.licence_condition, a.inputs, a.outputs, a.best_for, a.limitations,
        a.requirements, a.parameter_count, a.released_on, a.last_activity_on, a.memory_gb,
        a.hub_id, a.github_repo, a.router_id, a.package_name, a.is_demonstration, a.rank_score, a.rank_low, a.rank_high, a.updated_at,
        (SELECT coalesce(json_agg(json_build_object(
            'slug', c.slug, 'name', c.name, 'description', c.description) ORDER BY c.slug), '[]')
         FROM catalog_artifact_categories ac JOIN catalog_category c ON c.id = ac.category_id
         WHERE ac.artifact_id = a.id) AS categories,
        (SELECT coalesce(json_agg(json_build_object('rel', l.rel, 'url', l.url) ORDER BY l.id), '[]')
         FROM catalog_link l WHERE l.artifact_id = a.id) AS links,
        (SELECT coalesce(json_agg(json_build_object(
            'name', c.name, 'description', c.description, 'unique_aspect', c.unique_aspect,
            'versus_alternatives', c.versus_alternatives, 'best_for', c.best_for,
            'limitations', c.limitations, 'requirements', c.requirements, 'inputs', c.input_types,
            'outputs', c.output_types, 'intents', c.intents, 'source_urls', c.source_urls, 'confidence', c.confidence,
            'origin', c.origin) ORDER BY c.position, c.id), '[]')
         FROM catalog_capability c WHERE c.artifact_id = a.id) AS capabilities,
        (SELECT coalesce(json_agg(json_build_object(
            'kind', o.kind, 'provider', o.provider, 'plan', o.plan, 'unit', o.unit, 'detail', o.detail,
            'amount', o.amount::text, 'currency', o.currency,
            'source', {SOURCE.format(date="o.as_of")}) ORDER BY o.id), '[]')
         FROM catalog_offer o JOIN catalog_sourcerecord s ON s.id = o.source_id
         WHERE o.artifact_id = a.id) AS offers,
        (SELECT coalesce(json_agg(json_build_object(
            'field', f.field, 'value', {{value}}, 'is_winning', f.is_winning,
            'source', {SOURCE.format(date="f.observed_on")}) ORDER BY f.id), '[]')
         FROM catalog_fact f JOIN catalog_sourcerecord s ON s.id = f.source_id
         WHERE f.artifact_id = a.id) AS facts
    FROM catalog_artifact a JOIN catalog_publisher p ON p.id = a.publisher_id
    WHERE a.merged_into_id IS NULL AND a.id > {{after}}
    ORDER BY a.id
) AS line
"""  # noqa: S608 - made of the constants above

EVALUATIONS = """
SELECT row_to_json(line) FROM (
    SELECT
        x.id AS sample, a.slug AS artifact, su.slug AS suite, su.version AS suite_version, su.digest AS suite_digest,
        r.id AS run, rc.digest AS recipe, pr.key AS prompt, pr.stratum, pr.family, x.k, x.seed, x.status,
        x.reason, nullif(x.image_digest, '') AS image, x.width, x.height, x.ended_at,
        (SELECT coalesce(json_agg(json_build_object(
            'metric', sc.metric, 'value', sc.value, 'reason', sc.reason, 'scorer', sc.scorer,
            'scorer_version', sc.scorer_version) ORDER BY sc.id), '[]')
         FROM evaluation_score sc WHERE sc.sample_id = x.id) AS scores
    FROM evaluation_sample x
    JOIN evaluation_run r ON r.id = x.run_id
    JOIN evaluation_recipe rc ON rc.id = r.recipe_id
    JOIN catalog_artifact a ON a.id = rc.artifact_id
    JOIN evaluation_suite su ON su.id = r.suite_id
    JOIN evaluation_prompt pr ON pr.id = x.prompt_id
    WHERE x.status IN ('ok', 'filtered', 'error', 'timeout')
      AND NOT (su.split = 'rotating' AND su.retired_at IS NULL)
      AND x.id > {after}
    ORDER BY x.id
) AS line
"""


@dataclass(frozen=True)
class Export:
    """One bulk export: the file of its lines and what they hold."""

    file: str
    template: str
    words: str

    @property
    def parquet_file(self) -> str:
        """Return the name of the same as Parquet."""
        return f"{self.file.removesuffix('.ndjson')}.parquet"

    def statement(self, *, after: int = 0, is_for_columns: bool = False) -> str:
        """Return the statement whose rows are the lines behind a primary key.

        For columns a value of any kind is its JSON text, because a column has one type.
        """
        value = "f.value::text" if is_for_columns else "f.value"
        return self.template.format(after=int(after), value=value)


ARTIFACTS_EXPORT = Export(
    "artifacts.ndjson",
    ARTIFACTS,
    "One artifact a line: listing, capabilities, all prices and all facts with sources and dates.",
)
EVALUATIONS_EXPORT = Export(
    "evaluations.ndjson",
    EVALUATIONS,
    "One picture a line: recipe, prompt, seed, outcome, the picture's SHA-256, each score with its reason.",
)
EXPORTS = (ARTIFACTS_EXPORT, EVALUATIONS_EXPORT)
