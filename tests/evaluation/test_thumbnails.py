"""Pictures in several sizes: made once with the picture, never enlarged, chosen by the browser."""

from io import BytesIO, StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evaluation.images import THUMBNAIL_SIDE, further_sides, image_name, thumbnail_name, thumbnail_width
from evaluation.models import Sample
from evaluation.services.images import encode_image, store_image
from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite

SIZES = st.tuples(st.integers(1, 1_500), st.integers(1, 1_500))


@given(SIZES)
def test_no_thumbnail_is_larger_than_its_picture(size: tuple[int, int]) -> None:
    for side in (THUMBNAIL_SIDE, *further_sides(*size)):
        assert 1 <= thumbnail_width(*size, side=side) <= min(size[0], side)


@pytest.mark.parametrize("size", [(64, 64), (300, 200), (512, 512), (1024, 600), (500, 1400)])
def test_the_widths_that_pages_state_are_those_of_the_files(size: tuple[int, int]) -> None:
    encoded = encode_image(Image.effect_noise(size, 60))
    files = ((THUMBNAIL_SIDE, encoded.thumbnail), *encoded.further)
    for side, content in files:
        with Image.open(BytesIO(content)) as thumbnail:
            assert thumbnail.format == "WEBP"
            assert abs(thumbnail.width - thumbnail_width(*size, side=side)) <= 1


@pytest.mark.django_db
def test_earlier_pictures_get_theirs_once_and_the_browser_chooses(client: Client) -> None:
    run = make_run(make_artifact("alpha"), make_suite(), [1, 1, 1, 1, 1, 0])
    large = store_image(Image.effect_noise((1024, 1024), 60))
    Sample.objects.update(image_digest=large, width=1024, height=1024, has_thumbnail=True)
    for side in (192, 768):
        default_storage.delete(thumbnail_name(large, side=side))
    gone = Sample.objects.order_by("pk").first()
    assert gone is not None
    Sample.objects.filter(pk=gone.pk).update(image_digest="0" * 64)
    out = StringIO()
    call_command("make_thumbnails", stdout=out)
    assert "1 pictures got further thumbnails, 1 cannot be read" in out.getvalue()
    call_command("make_thumbnails", stdout=out)
    assert "0 pictures got further thumbnails, 1 cannot be read" in out.getvalue()
    html = client.get(run.get_absolute_url()).content.decode()
    base = f"/media/{thumbnail_name(large).removesuffix('.webp')}"
    assert f'srcset="{base}-192.webp 192w, {base}.webp 384w, {base}-768.webp 768w" sizes="' in html
    assert f'src="{base}-768.webp"' in html
    assert f'href="/media/{image_name(large)}"' in html
    etags = set()
    for suffix in ("-192", "", "-768"):
        answer = client.get(f"{base}{suffix}.webp")
        assert answer["Content-Type"] == "image/webp"
        etags.add(answer["ETag"])
        answer.close()
    assert len(etags) == 3
    assert client.get(f"{base}-99.webp").status_code == 404
