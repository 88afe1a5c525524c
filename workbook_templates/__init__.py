"""The empty registers that are shipped, one a language; built by scripts/build_templates."""
