"""One address of every kind of page."""

from django.utils import timezone

from web.pages.brief.week import week_of

THIS_WEEK = week_of(timezone.localdate()).name
PUBLIC = (
    "/",
    "/search?q=readable+text+open+weights",
    "/artifact/sdnext/",
    "/artifact/tiny-a/",
    "/artifact/sdnext/history/",
    "/artifact/sdnext/?from=0f1e2d3c-0000-4000-8000-000000000000",
    "/artifact/sdnext/disputes/",
    "/compare/gpt-5-4-image-2-vs-stable-diffusion-3-5-large/",
    "/compare/tiny-a-vs-tiny-b/",
    "/compare/tiny-a-vs-tiny-b/pictures/",
    "/compare/tiny-a-vs-tiny-b/?images=many",
    "/compare/flux-1-dev-vs-sdnext-vs-tiny-a-vs-tiny-b/",
    "/compare/fluks-vs-sdnext/",
    "/leaderboard/",
    "/leaderboard/?sort=speed&page=99",
    "/leaderboard/lettering/",
    "/category/text-to-image/",
    "/alternatives/sdnext/",
    "/suites/",
    "/suites/lettering/",
    "/suites/lettering/word-0/",
    "/brief/",
    f"/brief/{THIS_WEEK}/",
    "/brief/subscribe/",
    "/brief/subscribed/",
    "/methodology/",
    "/about/",
    "/styleguide/",
    "/builders/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/api/v1/docs",
    "/nothing-here/",
)
# Seen by the builder of `comfyui` alone.
OWN = (
    "/builders/",
    "/builders/comfyui/",
    "/builders/comfyui/words/",
    "/builders/comfyui/people/",
    "/builders/comfyui/evaluations/",
    "/artifact/comfyui/claim/",
    "/artifact/sdnext/claim/",
    "/artifact/sdnext/disputes/?sent=1",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
)
