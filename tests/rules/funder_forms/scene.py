"""A form small enough to be read at a glance, and the bank it names."""

from filiere.rules.funder_forms.reading import read_form, read_questions

BANK = """
questions:
  need:
    need:
      label: {fr: Besoin, en: Need}
      help: {fr: Dites qui., en: Say who.}
      limits: {short: 20, medium: 60, long: 200}
"""
FORM = """
key: small
version: "1"
funder: {fr: Ville, en: Town}
title: {fr: Demande, en: Request}
note: {fr: Essai, en: Trial}
schema:
  type: object
  additionalProperties: false
  required: [value]
  properties:
    value: SCHEMA
layout:
  - key: one
    title: {fr: Partie, en: Part}
    fields:
      - {key: value, label: {fr: Valeur, en: Value}COLUMNS}
mapping:
  value: NODE
"""
ROWS = "{type: array, items: {type: object, properties: {a: {type: string}, b: {type: integer}}}}"
COLUMNS = ", columns: [{key: a, label: {fr: A, en: A}}, {key: b, label: {fr: B, en: B}}]"


def bank():
    return read_questions(BANK, origin="bank.yaml")


def form(node, schema="{type: string}", columns=""):
    """A form of one required field, whose mapping is given as YAML."""
    text = FORM.replace("SCHEMA", schema).replace("COLUMNS", columns).replace("NODE", node)
    return read_form(text, origin="small.yaml", questions=bank())
