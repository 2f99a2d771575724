# The version of the rows and messages that the functions write: docs/data-model.md, "Schema version". The tables carry it as a tag, for
# `rekbridge upgrade --check`.

locals {
  schema_version = jsondecode(file("${path.module}/../../handlers/rekbridge_lambda/domain/schema.json")).version
  schema_tags    = { schema_version = tostring(local.schema_version) }
}
