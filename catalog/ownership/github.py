"""Asks GitHub whether the account that signed in administers a repository."""

from typing import Final

import httpx

from catalog.ownership.proofs import Proof

PATIENCE_S: Final = 10.0


def administers(repository: str, *, token: str, api_url: str) -> Proof:
    """Ask with the account's own token; ``api_url`` is the operator's setting, never a visitor's."""
    try:
        reply = httpx.get(
            f"{api_url}/repos/{repository}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
            timeout=PATIENCE_S,
        )
        body = reply.json() if reply.status_code == httpx.codes.OK else {}
    except (httpx.HTTPError, ValueError) as error:
        return Proof(is_given=False, said=f"GitHub does not answer: {type(error).__name__}.")
    if reply.status_code != httpx.codes.OK:
        return Proof(is_given=False, said=f"GitHub answers with HTTP {reply.status_code}.")
    permissions = body.get("permissions") if isinstance(body, dict) else None
    is_admin = isinstance(permissions, dict) and permissions.get("admin") is True
    # A renamed repository is followed by GitHub: the answer must be about the one that was asked for.
    is_same = isinstance(body, dict) and str(body.get("full_name", "")).lower() == repository.lower()
    if is_admin and is_same:
        return Proof(is_given=True, said=f"Your GitHub account administers {repository}.")
    return Proof(is_given=False, said=f"Your GitHub account does not administer {repository}.")
