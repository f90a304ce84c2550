"""What an address asks wrongly is said on a page that helps, and nothing is guessed in silence."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAIR = "/compare/tiny-a-vs-tiny-b"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/leaderboard/?sort=luck", 200, "“luck” is not one of rank, own"),
        ("/leaderboard/?page=two", 200, "Page “two” is not one of 1 to"),
        ("/leaderboard/lettering/?sort=quality", 200, "“quality” is not one of rank, price"),
        ("/leaderboard/lettering/?format=pdf", 400, "“pdf” is not one of csv, json"),
        ("/category/text-to-image/?page=99", 200, "Page “99” is not one of 1 to"),
        (f"{PAIR}/?size=9x9", 200, "The size has to be one of 512x512"),
        (f"{PAIR}/?images=%00", 200, "Say how many pictures a month"),
        (f"{PAIR}.json?images=0", 400, "Say how many pictures a month"),
        (f"{PAIR}.csv?size=large", 400, "The size has to be one of 512x512"),
        (f"{PAIR}.md?images=many", 400, "Say how many pictures a month"),
        (f"{PAIR}/pictures/?outcome=luck", 200, "“luck” is not one of"),
        (f"{PAIR}/pictures/?page=0", 200, "Page “0” is not one of 1 to"),
        (
            "/compare/?pick=a1&pick=b2&pick=c3&pick=d4&pick=e5",
            400,
            "At most 4 stand side by side, and 5 were",
        ),
        ("/compare/a-vs-b-vs-c-vs-d-vs-e/", 404, "At most 4 stand side by side, and 5 were"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(
    client: Client, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert words in answer.content.decode()
