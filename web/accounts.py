"""The forms of accounts, where ours differ from allauth's."""

from typing import Any

from allauth.account.forms import SignupForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest


class EvenSignupForm(SignupForm):  # type: ignore[misc]
    """Signing up takes as long with a known address as with a new one: its password is hashed too."""

    def try_save(self, request: HttpRequest) -> Any:
        """Save a new account, or do the same work and write to the address that has one."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)
