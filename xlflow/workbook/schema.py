"""What template, reader and patch agree on: where things stand in a register, and its version."""

from __future__ import annotations

SCHEMA = 1
"""The version of the register's layout; a program refuses a register with a newer one."""

SCHEMA_PROPERTY = "xlflow schema"
LANGUAGE_PROPERTY = "xlflow language"
REGISTER_PROPERTY = "xlflow register"
"""The custom document properties that hold the version (a number), the language and the id."""

FORM_SCHEMA = 1
"""The version of the intake form's layout."""

FORM_PROPERTY = "xlflow form"
FORM_ID_PROPERTY = "xlflow form id"
"""The custom document properties of a form: its version, and an id that its copies share."""

KEY_ROW = 1
"""The hidden row of field keys, on the record sheets and on Lists; rows count from 1."""

HEADER_ROW = 3
"""The row of labels."""

FIRST_ROW = 4
"""The row of the first record, line or list entry."""

LAST_ROW = 1_048_576
"""The last row of a sheet. Source: ECMA-376 18.3.1.73."""

DEPARTMENT_KEY = "department"
PERSON_KEYS = ("person.name", "person.department", "person.mail", "person.lead")
"""The keys over the columns of departments and people on Lists."""

LIST_ROWS = 500
"""How many departments, and how many people, the Lists sheet has room for."""
