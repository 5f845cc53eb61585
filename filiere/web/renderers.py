"""How Django draws a whole form: with our own parts, so that ``{{ form }}`` needs no more."""

from django.forms.renderers import DjangoTemplates


class PartsRenderer(DjangoTemplates):
    """Form renderer of the site: each field with its label, help and errors in our parts."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field_group.html"
