"""Models behind an API: what is asked, what is made of every kind of answer, and what never happens."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pytest_django import Settings

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.registry import load_runner
from evaluation.suites.spec import PromptSpec
from tests.catalog.sources.server import Answer, SourceServer
from tests.evaluation.runners.conftest import KEY

SPEC = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}]})
IMAGES, CHAT, WEBUI = "/v1/images/generations", "/v1/chat/completions", "/v1/sdapi/v1/txt2img"


def recipe(runner: str = "openai-images", **fields: Any) -> RecipeSpec:
    values = {"location": "local:gpt-image-2", "revision": "served", "width": 64, "height": 64, **fields}
    return RecipeSpec(runner=runner, **values)


def webui_recipe(**fields: Any) -> RecipeSpec:
    values: dict[str, Any] = {"location": "local:sdxl.safetensors", "revision": "31e35c80fc", "steps": 20}
    return recipe("automatic1111", **{**values, "guidance": 7.0, "scheduler": "Euler a", **fields})


def encoded(image: Image.Image | None = None, *, kind: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    (image or Image.new("RGB", (64, 64), "red")).save(buffer, format=kind, **options)
    return buffer.getvalue()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def pictured(content: bytes, **more: Any) -> Answer:
    return Answer({"data": [{"b64_json": b64(content)}], **more})


def chatted(picture: bytes = b"", *, usage: dict[str, Any] | None = None, **message: Any) -> Answer:
    if picture:
        url = f"data:image/png;base64,{b64(picture)}"
        message["images"] = [{"type": "image_url", "image_url": {"url": url}}]
    finish = message.pop("finish_reason", "stop")
    choice = {"message": {"role": "assistant", **message}, "finish_reason": finish}
    return Answer({"model": "served-model", "choices": [choice], "usage": usage or {}})


def draw(spec: RecipeSpec, *seeds: int) -> list[Generated]:
    prompts = [PromptSeed(place, "a red star", seed, SPEC) for place, seed in enumerate(seeds or (7,))]
    session = load_runner(spec.runner).load(spec)
    return sorted(session.generate(prompts), key=lambda result: result.sample_id)


def the_failure(spec: RecipeSpec | None = None) -> Generated:
    (result,) = draw(spec or recipe())
    assert result.image is None
    return result


def asked(api: SourceServer, place: int = -1) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(api.asked[place].body)
    return content


def test_a_picture_of_the_images_protocol(api: SourceServer) -> None:
    usage = {"input_tokens": 12, "output_tokens": 4160, "note": "text is dropped"}
    api.say(IMAGES, pictured(encoded(), usage=usage))
    (result,) = draw(recipe(options={"quality": "high"}))
    assert result.image is not None
    assert (result.image.mode, result.image.size, result.image.getpixel((0, 0))) == (
        "RGB",
        (64, 64),
        (255, 0, 0),
    )
    assert (result.outcome, result.text_sent, result.cost_usd) == (Outcome.OK, "a red star", None)
    assert result.details["usage"] == {"input_tokens": 12, "output_tokens": 4160}
    assert result.details["seed_used"] is False
    assert result.timings_s["request"] > 0
    assert asked(api) == {
        "model": "gpt-image-2", "prompt": "a red star", "n": 1, "size": "64x64", "quality": "high",
    }  # fmt: skip
    assert api.asked[0].headers["Authorization"] == f"Bearer {KEY}"


def test_a_picture_of_the_chat_protocol_with_its_cost(api: SourceServer) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 4175, "cost": 0.0421375}
    api.say(CHAT, chatted(encoded(), usage=usage, content="Here you are."))
    (result,) = draw(recipe("openai-chat", location="local:openai/gpt-5.4-image-2"))
    assert result.outcome == Outcome.OK
    assert result.cost_usd == Decimal("0.0421375")
    assert result.details["usage"]["completion_tokens"] == 4175
    assert result.details["model_served"] == "served-model"
    body = asked(api)
    assert (body["model"], body["modalities"]) == ("openai/gpt-5.4-image-2", ["image", "text"])
    assert body["messages"] == [{"role": "user", "content": "a red star"}]


def test_a_picture_of_a_web_ui(api: SourceServer) -> None:
    info = json.dumps({"seed": 5, "sd_model_hash": "31e35c80fc"})
    api.say(WEBUI, Answer({"images": [b64(encoded())], "info": info}))
    (result,) = draw(webui_recipe(options={"negative_prompt": "blurry"}), 2**40 + 5)
    assert result.outcome == Outcome.OK
    assert result.details == {"attempts": 1, "seed_sent": 5, "checkpoint_checked": True}
    body = asked(api)
    assert (body["seed"], body["steps"], body["cfg_scale"], body["sampler_name"]) == (5, 20, 7.0, "Euler a")
    assert body["override_settings"] == {"sd_model_checkpoint": "sdxl.safetensors"}


def test_a_web_ui_that_draws_with_another_checkpoint_is_no_run_at_all(api: SourceServer) -> None:
    info = json.dumps({"seed": 5, "sd_model_hash": "ffffffffff"})
    api.say(WEBUI, Answer({"images": [b64(encoded())], "info": info}))
    with pytest.raises(RecipeError, match="drew with checkpoint ffffffffff, not 31e35c80fc"):
        draw(webui_recipe())


@pytest.mark.parametrize("revision", ["", "main", "latest-one"])
def test_a_web_ui_recipe_must_pin_its_checkpoint(api: SourceServer, revision: str) -> None:
    with pytest.raises(RecipeError, match="revision must be the checkpoint's hash"):
        draw(webui_recipe(revision=revision))
    assert not api.asked


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            {"code": "moderation_blocked", "message": "Rejected by the safety system."},
            "Rejected by the safety",
        ),
        ({"code": "content_policy_violation", "message": "Not allowed."}, "Not allowed."),
        ({"code": 403, "message": "Flagged.", "metadata": {"reasons": ["violence"]}}, "Flagged."),
    ],
)
def test_a_safety_filter_s_answer_is_filtered(api: SourceServer, error: dict[str, Any], reason: str) -> None:
    api.say(IMAGES, Answer({"error": error}, status=403 if error["code"] == 403 else 400))
    result = the_failure()
    assert result.outcome == Outcome.FILTERED
    assert result.reason.startswith(f"refused: {reason}")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"refusal": "I will not draw this."}, "refused: I will not draw this."),
        ({"finish_reason": "content_filter", "content": ""}, "refused: content_filter"),
        ({"content": "Sorry, I cannot."}, "refused: words instead of a picture: Sorry, I cannot."),
    ],
)
def test_a_chat_model_s_refusal_is_filtered(api: SourceServer, message: dict[str, Any], reason: str) -> None:
    api.say(CHAT, chatted(**message))
    result = the_failure(recipe("openai-chat"))
    assert (result.outcome, result.reason) == (Outcome.FILTERED, reason)


def test_too_many_requests_wait_as_long_as_the_server_says(api: SourceServer) -> None:
    busy = Answer({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "1"})
    api.say(IMAGES, busy, pictured(encoded()))
    started = time.monotonic()
    (result,) = draw(recipe())
    assert result.outcome == Outcome.OK
    assert result.details["attempts"] == 2
    assert time.monotonic() - started >= 1


def test_a_long_wait_stops_the_run_and_scores_nothing(api: SourceServer) -> None:
    api.say(IMAGES, Answer(b"", status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(RecipeError, match="local asks to wait 3600 s; start again later"):
        draw(recipe())


def test_trouble_that_stays_is_a_failure_after_the_attempts(api: SourceServer) -> None:
    api.say(IMAGES, Answer(b"", status=503))
    result = the_failure()
    assert (result.outcome, result.reason) == (Outcome.ERROR, "HTTP 503, 3 attempts")
    assert len(api.asked) == 3


HOSTILE: dict[str, tuple[Callable[[], Answer], str]] = {
    "html": (
        lambda: Answer(b"<html>sign in</html>", headers={"Content-Type": "text/html"}),
        "the answer is not JSON but text/html",
    ),
    "html inside": (lambda: pictured(b"<html>sign in</html>"), "no PNG, JPEG or WebP; it begins b'<html>"),
    "svg": (lambda: pictured(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "no PNG, JPEG or WebP"),
    "gif bomb": (
        lambda: pictured(encoded(Image.new("P", (4000, 4000)), kind="GIF")),
        "no PNG, JPEG or WebP; it begins b'GIF",
    ),
    "png bomb": (lambda: pictured(encoded(Image.new("1", (9000, 9000)))), "more than 40,000,000 pixels"),
    "wrong mode": (
        lambda: pictured(encoded(Image.new("CMYK", (64, 64)), kind="JPEG")),
        "the picture has mode CMYK, where RGB is expected",
    ),
    "16 bit": (lambda: pictured(encoded(Image.new("I;16", (64, 64)))), "mode I;16, where RGB is expected"),
    "animated": (
        lambda: pictured(
            encoded(kind="WEBP", save_all=True, append_images=[Image.new("RGB", (64, 64), "blue")])
        ),
        "the picture is animated",
    ),
    "half a picture": (lambda: pictured(encoded()[:90]), "the picture is broken"),
    "no base64": (lambda: Answer({"data": [{"b64_json": "%%%"}]}), "the picture is not Base64"),
    "no picture": (lambda: Answer({"data": []}), "the answer has no picture"),
    "a list": (lambda: Answer([1, 2]), "the answer has no picture"),
    "oversized": (lambda: Answer(b"[" + b" " * 300_000 + b"]"), "the answer is larger than 200,000 bytes"),
    "another host": (
        lambda: Answer({"data": [{"url": "http://169.254.169.254/latest/meta-data"}]}),
        "the picture lies on another host, '169.254.169.254', which is not trusted",
    ),
    "a file": (lambda: Answer({"data": [{"url": "file:///etc/passwd"}]}), "the picture is not Base64"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_are_failures_with_a_reason_and_are_not_paid_for_twice(
    api: SourceServer, name: str
) -> None:
    answer, reason = HOSTILE[name]
    api.say(IMAGES, answer())
    result = the_failure()
    assert result.outcome == Outcome.ERROR
    assert reason in result.reason
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer({"data": []}, missing_bytes=50), "3 attempts"),
        (Answer(b'{"data": [', headers={"Content-Type": "application/json"}), "not readable as JSON"),
        (Answer({"data": ["x" * 60]}, drip_s=0.03), "no end of the answer after 0.5 s"),
    ],
    ids=["cut off", "half of the JSON", "drop by drop"],
)
def test_broken_off_and_slow_answers_are_asked_for_again(
    api: SourceServer, answer: Answer, reason: str
) -> None:
    api.say(IMAGES, answer)
    assert reason in the_failure().reason
    assert len(api.asked) == 3


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(api: SourceServer) -> None:
    def sleeps(_asked: object) -> Answer:
        time.sleep(0.8)
        return Answer(b"")

    api.route(IMAGES, sleeps)
    assert the_failure().reason.startswith("ReadTimeout")


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed(api: SourceServer, status: int) -> None:
    api.say(IMAGES, Answer(b"", status=status, headers={"Location": f"{api.url}/elsewhere"}))
    with pytest.raises(RecipeError, match="local redirects elsewhere, which is not followed"):
        draw(recipe())
    assert api.paths == [IMAGES]


def test_a_picture_by_address_comes_without_the_key(api: SourceServer) -> None:
    api.say(IMAGES, Answer({"data": [{"url": f"{api.url}/pictures/1.png"}]}))
    api.say("/pictures/1.png", Answer(encoded()))
    (result,) = draw(recipe())
    assert result.outcome == Outcome.OK
    assert "Authorization" not in api.asked[-1].headers


def test_a_redirect_of_a_picture_is_not_followed(api: SourceServer) -> None:
    api.say(IMAGES, Answer({"data": [{"url": f"{api.url}/pictures/1.png"}]}))
    api.say("/pictures/1.png", Answer(b"", status=302, headers={"Location": "http://127.0.0.1:1/x.png"}))
    assert the_failure().reason == "the picture's address answers HTTP 302"


@pytest.mark.parametrize("status", [401, 402, 404])
def test_an_endpoint_that_cannot_be_used_stops_the_run_and_keeps_the_key_to_itself(
    api: SourceServer, status: int
) -> None:
    api.say(IMAGES, Answer({"error": {"message": f"bad key {KEY}\nsorry"}}, status=status))
    with pytest.raises(RecipeError, match=f"local answers HTTP {status}: bad key \\[key\\] sorry"):
        draw(recipe())


def test_nobody_there_stops_the_run(settings: Settings) -> None:
    settings.EVALUATION_ENDPOINTS = {"local": {"url": "http://127.0.0.1:9", "first_wait_s": 0.0}}
    with pytest.raises(RecipeError, match="local cannot be reached"):
        draw(recipe())


def test_a_wrong_request_is_the_recipe_s_fault_until_something_has_worked(api: SourceServer) -> None:
    wrong = Answer({"error": {"message": "size not supported"}}, status=400)
    api.say(IMAGES, wrong)
    with pytest.raises(RecipeError, match="local:gpt-image-2: HTTP 400: size not supported"):
        draw(recipe())
    api.say(IMAGES, pictured(encoded()), wrong)
    results = draw(recipe(), 1, 2)
    assert [result.outcome for result in results] == [Outcome.OK, Outcome.ERROR]


def test_transparent_pictures_are_laid_on_white_and_say_so(api: SourceServer) -> None:
    api.say(IMAGES, pictured(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)))))
    (result,) = draw(recipe())
    assert result.image is not None
    assert (result.image.mode, result.image.getpixel((1, 1))) == ("RGB", (255, 255, 255))
    assert result.flags == ("transparency-flattened",)
    api.say(IMAGES, pictured(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 255)))))
    assert draw(recipe())[0].flags == ()


def test_several_requests_may_be_under_way_at_once(api: SourceServer) -> None:
    def slow(_asked: object) -> Answer:
        time.sleep(0.2)
        return pictured(encoded())

    api.route(IMAGES, slow)
    started = time.monotonic()
    results = draw(recipe(batch_size=4), 1, 2, 3, 4)
    assert [result.outcome for result in results] == [Outcome.OK] * 4
    assert time.monotonic() - started < 0.7


def test_requests_keep_their_declared_distance(api: SourceServer, settings: Settings) -> None:
    settings.EVALUATION_ENDPOINTS["local"]["requests_per_minute"] = 300
    api.say(IMAGES, pictured(encoded()))
    started = time.monotonic()
    draw(recipe(batch_size=4), 1, 2, 3, 4)
    assert time.monotonic() - started >= 0.6


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (recipe(location="gpt-image-2"), "'gpt-image-2' is not ENDPOINT:MODEL"),
        (recipe(location="elsewhere:gpt"), "unknown endpoint 'elsewhere'; there are local"),
        (recipe(options={"hd": True}), "unknown option 'hd'; there are background"),
    ],
)
def test_a_wrong_recipe_is_one_clear_line(api: SourceServer, spec: RecipeSpec, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        draw(spec)


def test_a_server_of_one_s_own_is_asked_with_user_and_password(api: SourceServer, settings: Settings) -> None:
    settings.EVALUATION_ENDPOINTS["local"] |= {"key": "me:secret", "uses_basic_auth": True}
    api.say(WEBUI, Answer({"images": [b64(encoded())], "info": "{}"}))
    draw(webui_recipe())
    assert api.asked[0].headers["Authorization"] == f"Basic {b64(b'me:secret')}"


def test_an_endpoint_without_an_address_says_what_to_set(settings: Settings) -> None:
    settings.EVALUATION_ENDPOINTS = {"sdnext": {"url": ""}}
    with pytest.raises(RecipeError, match="the endpoint 'sdnext' has no address; set SDNEXT_API_URL"):
        draw(replace(webui_recipe(), location="sdnext:x"))
