"""Accounts, where ours differ from allauth's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from web.api.limits import client_address, network_of


class NetworkAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Attempts are counted by network, as everywhere on this site: of IPv6 one customer has a whole /64."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what a visitor's attempts are counted by, and what a mail about them names."""
        return network_of(client_address(request))


class EvenSignupForm(SignupForm):  # type: ignore[misc]
    """Signing up takes as long with a known address as with a new one: its password is hashed too."""

    def try_save(self, request: HttpRequest) -> Any:
        """Save a new account, or do the same work and write to the address that has one."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)
