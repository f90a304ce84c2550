"""Asks Hugging Face whether the account that signed in may speak for the owner of a repository."""

from collections.abc import Iterable
from typing import Any, Final

import httpx

from catalog.ownership.proofs import Proof

PATIENCE_S: Final = 10.0
ADMIN: Final = "admin"


def speaks_for(hub_id: str, *, token: str, hub_url: str) -> Proof:
    """Ask for the account and its organisations with the account's own token.

    The account is the owner itself, or an administrator of the organisation that is. Which organisations are
    told is the account's choice at sign-in; ``hub_url`` is the operator's setting, never a visitor's.
    """
    owner = hub_id.partition("/")[0]
    try:
        reply = httpx.get(
            f"{hub_url}/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S
        )
        told = reply.json() if reply.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, ValueError) as error:
        return Proof(is_given=False, said=f"Hugging Face does not answer: {type(error).__name__}.")
    if reply.status_code == httpx.codes.UNAUTHORIZED:
        return Proof(is_given=False, said="The sign-in with Hugging Face is over. Sign in with it again.")
    if not isinstance(told, dict):
        return Proof(is_given=False, said=f"Hugging Face answers with HTTP {reply.status_code}.")
    return _judged(told, owner)


def _judged(told: dict[str, Any], owner: str) -> Proof:
    if _names(told, owner):
        return Proof(is_given=True, said=f"You are {owner} on Hugging Face.")
    organisation = next((each for each in _organisations(told) if _names(each, owner)), None)
    if organisation is None:
        said = f"Your Hugging Face account shows us no organisation {owner}; let us see it when you sign in."
        return Proof(is_given=False, said=said)
    if organisation.get("roleInOrg") != ADMIN:
        return Proof(is_given=False, said=f"Your Hugging Face account does not administer {owner}.")
    if any(organisation.get(name) for name in ("pendingSSO", "missingMFA", "securityRestrictions")):
        return Proof(
            is_given=False, said=f"{owner} asks more of your Hugging Face sign-in than it has given."
        )
    return Proof(is_given=True, said=f"Your Hugging Face account administers {owner}.")


def _organisations(told: dict[str, Any]) -> Iterable[dict[str, Any]]:
    listed = told.get("orgs")
    return (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()


def _names(account: dict[str, Any], owner: str) -> bool:
    return bool(owner) and str(account.get("preferred_username", "")).lower() == owner.lower()
