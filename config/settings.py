"""Django settings. Every value that an installation may change is an environment variable,
documented in docs/reference/settings.md (a test compares the two).
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config import postgres, secret

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("FILIERE_STATE_DIR", ROOT / ".filiere"))

DEBUG = os.environ.get("FILIERE_DEBUG", "") == "1"
SECRET_KEY = secret.read("SECRET_KEY", state=STATE)
IDENTITY_KEY = secret.read("FILIERE_IDENTITY_KEY", state=STATE)
VOUCHER_PEPPER = secret.read("FILIERE_VOUCHER_PEPPER", state=STATE)
VOUCHER_ISSUE_KEY = secret.read("FILIERE_VOUCHER_ISSUE_KEY", state=STATE)
# Kept after a rotation, to print again the vouchers of earlier lots; blank when there was none.
VOUCHER_FORMER_ISSUE_KEY = secret.kept("FILIERE_VOUCHER_FORMER_ISSUE_KEY", state=STATE)
# Real installations serve HTTPS; the demo on this computer cannot.
SECURE = os.environ.get("FILIERE_INSECURE", "") != "1"
ALLOWED_HOSTS = os.environ.get("FILIERE_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "filiere.kernel",
    "filiere.territories",
    "filiere.accounts",
    "filiere.ledger",
    "filiere.persons",
    "filiere.directory",
    "filiere.agreements",
    "filiere.agenda",
    "filiere.programmes",
    "filiere.pathways",
    "filiere.vouchers",
    "filiere.billing",
    "filiere.orientation",
    "filiere.settlement",
    "filiere.projects",
    "filiere.observatory",
    "filiere.operations",
    "filiere.web",
    "filiere.api",
    "filiere.cli",
    "allauth",
    "allauth.account",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rules",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "filiere.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "filiere.web.middleware.IdleSession",
    "filiere.web.middleware.NoTrace",
    "filiere.web.middleware.DefaultDeny",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "filiere.web.middleware.DomainErrors",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "filiere.web.context.site",
            ],
        },
    },
]
FORM_RENDERER = "filiere.web.renderers.PartsRenderer"
CSRF_FAILURE_VIEW = "filiere.web.views.errors.no_token"


def _database(url: str) -> dict[str, object]:
    """Turn a postgresql:// address into Django's form; ``?host=`` may name a socket folder."""
    parts = urlsplit(url)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(options.pop("host", "") or parts.hostname or "")
    port = options.pop("port", "") or (str(parts.port) if parts.port else "")
    return {
        "ENGINE": "filiere.kernel.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        # Statements may be prepared on the server, which only kernel.prepared asks for.
        "OPTIONS": {"prepare_threshold": 5, **{key: unquote(it) for key, it in options.items()}},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


_urls = postgres.connection_urls(root=ROOT)
# Two logins on one database: the application can only do what the owner granted it;
# "owner" serves migrations, grants and the tests' clean-up, never a request.
DATABASES = {"default": _database(_urls.application), "owner": _database(_urls.owner)}
DATABASE_ROUTERS = ["config.routers.OneDatabase"]
# Shared by every process: the sign-in limits of django-allauth count there (see kernel.throttle).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "filiere.web.account_adapter.InvitationOnly"
ACCOUNT_FORMS = {"login": "filiere.web.forms.accounts.SignInForm"}
ACCOUNT_PREVENT_ENUMERATION = True
# A letter to an address nobody has would offer to sign up, which nobody can do here.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Counters share computers: a session ends with the browser.
ACCOUNT_SESSION_REMEMBER = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# And after so long without a page: someone else may sit down at the desk.
IDLE_MINUTES = int(os.environ.get("FILIERE_IDLE_MINUTES", "30"))
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip"}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = STATE / "files"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("FILIERE_BEHIND_PROXY", "") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Else every failed sign-in would count against the one address of the proxy.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

EMAIL_BACKEND = os.environ.get(
    "FILIERE_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
# Text messages: without an operator of them, each is a private file that nobody is sent.
SMS_BACKEND = os.environ.get("FILIERE_SMS_BACKEND", "filiere.kernel.messages.Files")
SMS_FOLDER = STATE / "sms"
DEFAULT_FROM_EMAIL = os.environ.get("FILIERE_FROM_EMAIL", "filiere@localhost")

# The helpline shown on public pages; blank hides it rather than inventing a number.
HELPLINE = os.environ.get("FILIERE_HELPLINE", "")
# The ring-fenced account that pays providers, proposed when a bank file is made.
PAYER_NAME = os.environ.get("FILIERE_PAYER_NAME", "")
PAYER_IBAN = os.environ.get("FILIERE_PAYER_IBAN", "")
PAYER_BIC = os.environ.get("FILIERE_PAYER_BIC", "")
DEMO = os.environ.get("FILIERE_DEMO", "") == "1"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("FILIERE_LOG_LEVEL", "WARNING")},
}
