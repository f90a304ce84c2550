"""``validate``: what is wrong with a builder's manifest, before anybody publishes it."""

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from catalog.manifest import ManifestError, parse_manifest
from web.api.schemas.common import Out

router = Router()


class ManifestIn(Out):
    """A manifest as it would be published."""

    manifest: str = Field(
        max_length=60_000,
        description="The file's text: YAML or JSON.",
        examples=[
            "manifest_version: 1\nname: Painter\nkind: model\nsummary: Paints readable posters on a laptop.\n"
        ],
    )


class ManifestProblemOut(Out):
    """One thing that is wrong: the field, empty for the whole file, and what was expected."""

    field: str
    message: str


class ValidatedOut(Out):
    """Whether the file is a manifest. It is read and forgotten: nothing is stored."""

    is_valid: bool
    problems: list[ManifestProblemOut]


@router.post(
    "validate", response=ValidatedOut, summary="Check a builder's manifest", operation_id="validateManifest"
)
def validate(request: HttpRequest, body: ManifestIn) -> ValidatedOut:
    """Return everything that is wrong with a manifest; an invalid one is an answer, not an error."""
    try:
        parse_manifest(body.manifest)
    except ManifestError as error:
        problems = [ManifestProblemOut(field=item.field, message=item.message) for item in error.problems]
        return ValidatedOut(is_valid=False, problems=problems)
    return ValidatedOut(is_valid=True, problems=[])
