"""Django's admin behind our own door."""

from django.contrib.admin.apps import AdminConfig


class StaffConfig(AdminConfig):
    """The admin with a site of ours, which decides who enters."""

    default_site = "web.staff.StaffSite"
