"""Accounts of builders: by e-mail, GitHub or Hugging Face, with passkeys and one-time codes."""

from environs import Env

env = Env()

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "builders"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An address that nobody has confirmed proves nothing and receives nothing but its confirmation. Whether an
# address has an account is not told to who asks (ACCOUNT_PREVENT_ENUMERATION, allauth's default).
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# A new password, address, sign-in or second factor is told to the address: its owner may know nothing of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "web.accounts.NetworkAdapter"
# Nor do they tell by how long they take.
ACCOUNT_FORMS = {"signup": "web.accounts.EvenSignupForm"}

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The admin asks for a passkey or a one-time code beside the password; on in production.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", False)

# A provider is offered where the operator has registered the site with it.
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
# The token of a GitHub account is kept to ask what the account administers; it can read public data only.
SOCIALACCOUNT_STORE_TOKENS = True
OAUTH_HOSTS: list[str] = []

if github_client := env.str("GITHUB_CLIENT_ID", ""):
    SOCIALACCOUNT_PROVIDERS["github"] = {
        "SCOPE": ["read:user", "user:email"],
        "VERIFIED_EMAIL": True,
        "APPS": [{"client_id": github_client, "secret": env.str("GITHUB_CLIENT_SECRET")}],
    }
    OAUTH_HOSTS.append("https://github.com")

if hub_client := env.str("HF_CLIENT_ID", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "huggingface",
                "name": "Hugging Face",
                "client_id": hub_client,
                "secret": env.str("HF_CLIENT_SECRET"),
                "settings": {"server_url": "https://huggingface.co"},
            }
        ],
    }
    OAUTH_HOSTS.append("https://huggingface.co")
