"""Every public URL of the site."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from web.api.app import api
from web.views.about import about
from web.views.agents import mcp
from web.views.alternatives import alternatives
from web.views.arena import arena, arena_vote
from web.views.artifact import artifact, artifact_history, artifact_image, artifact_markdown
from web.views.badges import badge_endpoint, badge_picture
from web.views.brief import brief, brief_atom, brief_json
from web.views.builders.claims import claim, give_up
from web.views.builders.evaluations import evaluations
from web.views.builders.listing import listing
from web.views.builders.mail import builder_mail, builder_mail_leave
from web.views.builders.overview import builders, dashboard
from web.views.builders.people import invitation, people
from web.views.builders.tables import duels_csv, searches_csv, weeks_csv
from web.views.compare import FORMS, compare, compare_form
from web.views.disputes import disputes
from web.views.feedback import open_result, vote
from web.views.health import healthz, metrics, readyz
from web.views.home import home
from web.views.leaderboard import (
    category,
    category_image,
    leaderboard,
    leaderboard_image,
    suite_leaderboard,
)
from web.views.llms import llms
from web.views.media import picture, thumbnail
from web.views.methodology import methodology
from web.views.runs import run, sample
from web.views.search import search
from web.views.sitemap import comparisons, pages, robots, sitemap
from web.views.styleguide import styleguide
from web.views.subscriptions import brief_confirm, brief_leave, subscribe, subscribed
from web.views.suites import prompt_gallery, suite, suite_image, suites

# The only names that the picture store gives out: shard, SHA-256 of the picture, PNG or its thumbnail.
PICTURE = r"^media/(?P<name>images/[0-9a-f]{2}/(?P<digest>[0-9a-f]{64})\.png)$"
THUMBNAIL = r"^media/(?P<name>thumbnails/[0-9a-f]{2}/(?P<digest>[0-9a-f]{64})(?:-192|-768)?\.webp)$"

TWIN = {"as_markdown": True}

urlpatterns = [
    path("", home, name="home"),
    path("search", search, name="search"),
    # Every other page ends in a slash, so people type one here too.
    path("search/", RedirectView.as_view(pattern_name="search", query_string=True, permanent=True)),
    path("search/<uuid:event_id>/<slug:slug>/", open_result, name="open-result"),
    path("search/<uuid:event_id>/<slug:slug>/vote/", vote, name="vote"),
    path("artifact/<slug:slug>/", artifact, name="artifact"),
    path("artifact/<slug:slug>.md", artifact_markdown, name="artifact-markdown"),
    path("artifact/<slug:slug>.png", artifact_image, name="artifact-image"),
    path("artifact/<slug:slug>/history/", artifact_history, name="artifact-history"),
    path("artifact/<slug:slug>/claim/", claim, name="claim"),
    path("artifact/<slug:slug>/disputes/", disputes, name="disputes"),
    path("builders/", builders, name="builders"),
    path("builders/<slug:slug>/", dashboard, name="dashboard"),
    path("builders/<slug:slug>/words/", listing, name="listing"),
    path("builders/<slug:slug>/evaluations/", evaluations, name="evaluations"),
    path("builders/<slug:slug>/people/", people, name="people"),
    path("builders/<slug:slug>/weeks.csv", weeks_csv, name="dashboard-weeks"),
    path("builders/<slug:slug>/searches.csv", searches_csv, name="dashboard-searches"),
    path("builders/<slug:slug>/comparisons.csv", duels_csv, name="dashboard-duels"),
    path("builders/<slug:slug>/give-up/", give_up, name="claim-give-up"),
    path("builder-mail/", builder_mail, name="builder-mail"),
    path("builder-mail/leave/<str:token>/", builder_mail_leave, name="builder-mail-leave"),
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("alternatives/<slug:slug>/", alternatives, name="alternatives"),
    path("alternatives/<slug:slug>.md", alternatives, TWIN, name="alternatives-markdown"),
    path("compare/", compare_form, name="compare-form"),
    *(path(f"compare/<slug:pair>{form.ending}", compare, {"form": form}, name=form.name) for form in FORMS),
    path("leaderboard/", leaderboard, name="leaderboard"),
    path("leaderboard.md", leaderboard, TWIN, name="leaderboard-markdown"),
    path("leaderboard.png", leaderboard_image, name="leaderboard-image"),
    path("leaderboard/<slug:slug>/", suite_leaderboard, name="suite-leaderboard"),
    path("leaderboard/<slug:slug>.md", suite_leaderboard, TWIN, name="suite-leaderboard-markdown"),
    path("category/<slug:slug>/", category, name="category"),
    path("category/<slug:slug>.png", category_image, name="category-image"),
    path("category/<slug:slug>.md", category, TWIN, name="category-markdown"),
    path("arena/", arena, name="arena"),
    path("arena/vote/", arena_vote, name="arena-vote"),
    path("suites/", suites, name="suites"),
    path("suites/<slug:slug>/", suite, name="suite"),
    path("suites/<slug:slug>.png", suite_image, name="suite-image"),
    path("suites/<slug:slug>.md", suite, TWIN, name="suite-markdown"),
    path("suites/<slug:slug>/<slug:key>/", prompt_gallery, name="prompt-gallery"),
    path("suites/<slug:slug>/<slug:key>.md", prompt_gallery, TWIN, name="prompt-gallery-markdown"),
    path("runs/<int:run_id>/", run, name="run"),
    path("runs/<int:run_id>/samples/<int:sample_id>/", sample, name="sample"),
    path("api/v1/", api.urls),
    path("mcp", mcp, name="mcp"),
    path("brief/", brief, name="brief"),
    path("brief/feed.atom", brief_atom, name="brief-atom"),
    path("brief/feed.json", brief_json, name="brief-json"),
    path("brief/subscribe/", subscribe, name="brief-subscribe"),
    path("brief/subscribed/", subscribed, name="brief-subscribed"),
    path("brief/confirm/<str:token>/", brief_confirm, name="brief-confirm"),
    path("brief/leave/<str:token>/", brief_leave, name="brief-leave"),
    path("brief/<slug:week>/", brief, name="brief-week"),
    path("about/", about, name="about"),
    path("styleguide/", styleguide, name="styleguide"),
    path("methodology/", methodology, name="methodology"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("robots.txt", robots, name="robots"),
    path("llms.txt", llms, name="llms"),
    path("badge/<slug:slug>.svg", badge_picture, name="badge"),
    path("badge/<slug:slug>.json", badge_endpoint, name="badge-endpoint"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-pages.xml", pages, name="sitemap-pages"),
    path("sitemap-compare-<int:number>.xml", comparisons, name="sitemap-compare"),
    re_path(PICTURE, picture, name="picture"),
    re_path(THUMBNAIL, thumbnail, name="thumbnail"),
]
