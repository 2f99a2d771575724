# Settings of an operation are parameters of its API action. They are validated as Rekognition would: an invalid one would fail every image.

locals {
  # Every setting with the rule of its parameter (generated from botocore); `json` is the decoded value where it is JSON.
  settings = flatten([for name, operation in var.operations : [for key, value in operation.settings :
    { name = "${name}.${key}", value = value, json = try(jsondecode(value), null), rule = local.catalog[name].parameters[key] }
    if can(local.catalog[name].parameters[key])
  ]])

  allowed_values = [for setting in local.settings : {
    integer   = "a whole number from ${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")}"
    float     = "a number from ${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")}"
    string    = try("one of ${join(", ", setting.rule.enum)}", "${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")} characters that match ${try(setting.rule.pattern, ".*")}")
    list      = "a list as JSON text, of ${try(join(", ", setting.rule.items.enum), setting.rule.items.type, "")}"
    structure = "an object as JSON text, of ${join(", ", try(keys(setting.rule.members), []))}${can(setting.rule.required) ? " (required: ${join(", ", try(setting.rule.required, []))})" : ""}"
  }[setting.rule.type]]

  is_valid = [for setting in local.settings : {
    integer   = try(floor(tonumber(setting.value)) == tonumber(setting.value) && tonumber(setting.value) >= try(setting.rule.min, 0) && tonumber(setting.value) <= try(setting.rule.max, tonumber(setting.value)), false)
    float     = try(tonumber(setting.value) >= try(setting.rule.min, 0) && tonumber(setting.value) <= try(setting.rule.max, tonumber(setting.value)), false)
    string    = try(contains(setting.rule.enum, setting.value), length(setting.value) >= try(setting.rule.min, 0) && length(setting.value) <= try(setting.rule.max, 100000) && try(length(regexall("^(?:${setting.rule.pattern})$", setting.value)) > 0, true))
    list      = try(startswith(trimspace(setting.value), "[") && length(setting.json) <= try(setting.rule.max, 1000) && length(setsubtract(setting.json, try(setting.rule.items.enum, setting.json))) == 0, false)
    structure = try(startswith(trimspace(setting.value), "{") && length(setsubtract(keys(setting.json), keys(setting.rule.members))) == 0 && length(setsubtract(try(setting.rule.required, []), keys(setting.json))) == 0, false)
  }[setting.rule.type]]

  # One level into an object, as deep as the label filters: unknown members, and strings that do not match their pattern.
  nested_members = flatten([for setting in local.settings : [for member, value in try({ for name, value in setting.json : name => value }, {}) : {
    name    = "${setting.name}.${member}"
    unknown = setsubtract(try(keys(value), []), try(keys(setting.rule.members[member].members), keys(value), []))
    members = try(keys(setting.rule.members[member].members), [])
    unmatched = flatten([for name, words in try({ for name, words in value : name => words }, {}) : [for word in try(tolist(words), []) :
      "\"${word}\" in ${name} (it must match ${setting.rule.members[member].members[name].items.pattern})"
      if try(length(regexall("^(?:${setting.rule.members[member].members[name].items.pattern})$", word)) == 0, false)
    ]])
  }]])

  setting_errors = concat(
    [for name, operation in var.operations : "${name} has no setting ${join(", ", setsubtract(keys(operation.settings), keys(local.catalog[name].parameters)))}; it has ${join(", ", keys(local.catalog[name].parameters))}."
    if length(setsubtract(keys(operation.settings), keys(local.catalog[name].parameters))) > 0],
    [for name, operation in var.operations : "${name} requires ${join(", ", setsubtract(local.catalog[name].required, keys(operation.settings)))} in its settings."
    if length(setsubtract(local.catalog[name].required, keys(operation.settings))) > 0],
    # A human review shows the image to people, from a bucket outside the home region.
    [for name, operation in var.operations : "${name}: HumanLoopConfig is not supported, because the image would be stored and seen outside the home region." if contains(keys(operation.settings), "HumanLoopConfig")],
    [for index, setting in local.settings : "${setting.name} must be ${local.allowed_values[index]}; it is ${setting.value}." if !local.is_valid[index]],
    [for nested in local.nested_members : "${nested.name} has no ${join(", ", nested.unknown)}; it has ${join(", ", nested.members)}." if length(nested.unknown) > 0],
    [for nested in local.nested_members : "${nested.name} does not accept ${join(", ", nested.unmatched)}." if length(nested.unmatched) > 0],
    [for name, region in local.model_arn_region : "The model of ${name} is in ${region}: ${var.operations[name].transfer == "staged" ? "set remote_region to it, or transfer to bytes" : "add that region to allowed_regions, and to the regions of ${name} if it has any"}."
    if !contains(var.operations[name].transfer == "staged" ? [var.remote_region] : coalesce(var.operations[name].regions, local.analysis_regions), region) || !contains(local.analysis_regions, region)],
  )

  # A custom model belongs to one region and one account, both of which are in its ARN.
  model_arns        = { for name, operation in var.operations : name => split(":", lookup(operation.settings, "ProjectVersionArn", lookup(operation.settings, "ProjectVersion", ""))) }
  model_arn_region  = { for name, arn in local.model_arns : name => arn[3] if length(arn) > 4 }
  model_arn_account = { for name, arn in local.model_arns : name => arn[4] if length(arn) > 4 }
}
