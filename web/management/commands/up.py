"""``manage.py up``: the whole site on this machine, in one foreground process."""

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from catalog.models import Artifact
from config import broker, celery_app, processes, site
from config.claims import TakenError, listen, sole_use, still_listening
from config.embedded import places
from config.embedded.errors import EmbeddedServerError
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from config.supervisor import Supervisor
from evaluation.selectors.reports import scorer_standings, unmeasured_scorers
from ranking.compute.formula import CURRENT_VERSION
from ranking.models import CurrentSnapshot

DEFAULT_PORT = 8000
ANSWER_PATIENCE_S = 60
DEMONSTRATION_MODELS = ("tiny-a", "tiny-b")
# What scores their pictures; measured once, so that the methodology's page can say how well.
DEMONSTRATION_SCORERS = frozenset({"text", "adherence", "anatomy"})
OPEN_FIRST = ("/compare/flux-1-pro-vs-stable-diffusion-3-5-large/", "/compare/tiny-a-vs-tiny-b/")
STOP_REQUESTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """Start what the site needs, bring it up to date, evaluate the bundled models, and stay."""

    help = (
        "Run the whole site on this machine: database, broker, worker and web server.\n"
        "DATABASE_URL and BROKER_URL, where set, are used instead of embedded servers.\n\n"
        "example: manage.py up --port 8080 --no-evaluate"
    )
    # The checks need the database, which is not there yet.
    requires_system_checks = ()
    _listener: socket.socket

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the first port to try (8000)")
        parser.add_argument(
            "--no-evaluate", dest="evaluate", action="store_false", help="do not evaluate the bundled models"
        )

    def handle(self, *_args: Any, port: int, evaluate: bool, **_options: Any) -> None:
        """Start, work, wait for Ctrl-C, stop."""
        for number in STOP_REQUESTS:
            # `nohup` asks for a closed terminal to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _stop_requested)
        try:
            with sole_use(settings.DATA_DIR):
                self._run(port=port, evaluate=evaluate)
        except (TakenError, EmbeddedServerError, PermissionError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            message = f"The database does not answer: {str(error).strip().splitlines()[0]}"
            raise CommandError(message) from error

    def _run(self, *, port: int, evaluate: bool) -> None:
        supervisor = Supervisor(report=self._say)
        self._say(f"Data and logs are in {settings.DATA_DIR}.")
        try:
            self._recover()
            self._start_servers(supervisor)
            self._bring_up_to_date()
            url = self._start_site(supervisor, port)
            self._do_the_work(supervisor, url, evaluate=evaluate)
            while True:
                supervisor.look_after()
        except KeyboardInterrupt:
            self._say("Stopping …")
        finally:
            for number in STOP_REQUESTS:
                signal.signal(number, signal.SIG_IGN)
            supervisor.stop()
            self._sweep()
            places.release_socket_dir(settings.DATA_DIR)

    def _recover(self) -> None:
        left = processes.leftovers(settings.DATA_DIR)
        if left:
            self._say(f"Stopping {len(left)} processes that an earlier run has left behind.")
            processes.end(left)

    def _sweep(self) -> None:
        """End what a stop request caught between its birth and its entry in the supervisor's books."""
        data_dir: Path = settings.DATA_DIR
        servers = [data_dir / "postgres", data_dir / "valkey"]
        processes.end(processes.leftovers(data_dir, server_dirs=servers), first=signal.SIGINT)

    def _start_servers(self, supervisor: Supervisor) -> None:
        data_dir: Path = settings.DATA_DIR
        if "DATABASE_URL" not in os.environ:
            supervisor.start("postgres", lambda: start_postgres(data_dir, log=data_dir / "postgres.log"))
            self._say("PostgreSQL is running.")
        if "BROKER_URL" not in os.environ:
            supervisor.start("valkey", lambda: start_valkey(data_dir, log=data_dir / "valkey.log"))
            self._say("The broker is running.")

    def _bring_up_to_date(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_catalogue", settings.CATALOGUE_DIR, stdout=self.stdout)
        call_command("load_suites", settings.SUITES_DIR, stdout=self.stdout)
        self.stdout.flush()
        connections.close_all()

    def _start_site(self, supervisor: Supervisor, port: int) -> str:
        env = site.marked_environment(settings.DATA_DIR)
        self._listener = listen(port)
        free_port: int = self._listener.getsockname()[1]
        if free_port != port:
            self._say(f"Port {port} is busy; using {free_port}.")
        supervisor.start("web", lambda: self._start_web(env))
        url = f"http://127.0.0.1:{free_port}"
        self._wait_for_answer(supervisor, url)
        self._say(self.style.SUCCESS(f"{settings.SITE_NAME} is at {url}/ (Ctrl-C stops everything)"))
        supervisor.start("worker", lambda: self._start_worker(env))
        return url

    def _start_web(self, env: dict[str, str]) -> processes.Child:
        self._listener = still_listening(self._listener)
        command = site.web_command(settings.DATA_DIR, env=env, listener=self._listener.fileno())
        return processes.Child(command)

    def _start_worker(self, env: dict[str, str]) -> processes.Child:
        # With a broker of our own there is no other worker that could still hold its messages.
        if "BROKER_URL" not in os.environ:
            broker.return_unacknowledged(celery_app)
        return processes.Child(site.worker_command(settings.DATA_DIR, env=env))

    def _wait_for_answer(self, supervisor: Supervisor, url: str) -> None:
        deadline = time.monotonic() + ANSWER_PATIENCE_S
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(url, timeout=ANSWER_PATIENCE_S).close()  # noqa: S310 - our own URL
            except urllib.error.HTTPError as error:
                self._say(f"{url} answers with {error.code}. See {settings.DATA_DIR / 'web.log'}.")
                return
            except OSError:
                supervisor.look_after()
            else:
                return
        message = f"The web server does not answer. See {settings.DATA_DIR / 'web.log'}."
        raise CommandError(message)

    def _do_the_work(self, supervisor: Supervisor, url: str, *, evaluate: bool) -> None:
        """Give the first pages a rank, then do what takes longer, then rank again."""
        is_ranked = Artifact.objects.ranked().exists()
        # Who starts a new version takes its formula: the guard would hold what only the formula moves.
        others = CurrentSnapshot.objects.exclude(snapshot__formula__version=CURRENT_VERSION)
        rank = ["compute_rank", "--accept"] if others.exists() else ["compute_rank"]
        untested = DEMONSTRATION_SCORERS & set(unmeasured_scorers(scorer_standings()))
        check = [["check_scorers"]] if untested else []
        connections.close_all()
        work = [rank] if not is_ranked else []
        work += [["build_matchgraph"]]
        if evaluate:
            work += [["evaluate", *DEMONSTRATION_MODELS, "--wait"], *check]
        work += [rank]
        failed = [step[0] for step in work if not self._do(step, supervisor)]
        if failed:
            self._say(self.style.ERROR(f"Not done: {', '.join(failed)}. The site goes on without."))
        for path in OPEN_FIRST:
            self._say(f"Open {url}{path}")

    def _do(self, arguments: list[str], supervisor: Supervisor) -> bool:
        self._say(self.style.MIGRATE_HEADING(f"manage.py {' '.join(arguments)}"))
        env = site.marked_environment(settings.DATA_DIR)
        return supervisor.run(site.management_command(arguments, env=env)) == 0

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _stop_requested(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
