# Settings are parameters of the API action, looked at as Rekognition would: what it would refuse, it would refuse for every image.

locals {
  # Every setting beside the rule of its parameter (generated from botocore); JSON where it is JSON.
  settings = flatten([for name, operation in var.operations : [for key, value in operation.settings :
    { name = "${name}.${key}", value = value, json = try(jsondecode(value), null), rule = local.catalog[name].parameters[key] }
    if can(local.catalog[name].parameters[key])
  ]])

  takes = [for setting in local.settings : {
    integer   = "a whole number from ${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")}"
    float     = "a number from ${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")}"
    string    = try(join(", ", setting.rule.enum), "${try(setting.rule.min, 0)} to ${try(setting.rule.max, "any")} characters that match ${try(setting.rule.pattern, ".*")}")
    list      = "a list as JSON text, of ${try(join(", ", setting.rule.items.enum), setting.rule.items.type, "")}"
    structure = "an object as JSON text, of ${join(", ", try(keys(setting.rule.members), []))}${can(setting.rule.required) ? " (needed: ${join(", ", try(setting.rule.required, []))})" : ""}"
  }[setting.rule.type]]

  fits = [for setting in local.settings : {
    integer   = try(floor(tonumber(setting.value)) == tonumber(setting.value) && tonumber(setting.value) >= try(setting.rule.min, 0) && tonumber(setting.value) <= try(setting.rule.max, tonumber(setting.value)), false)
    float     = try(tonumber(setting.value) >= try(setting.rule.min, 0) && tonumber(setting.value) <= try(setting.rule.max, tonumber(setting.value)), false)
    string    = try(contains(setting.rule.enum, setting.value), length(setting.value) >= try(setting.rule.min, 0) && length(setting.value) <= try(setting.rule.max, 100000) && try(length(regexall("^(?:${setting.rule.pattern})$", setting.value)) > 0, true))
    list      = try(startswith(trimspace(setting.value), "[") && length(setting.json) <= try(setting.rule.max, 1000) && length(setsubtract(setting.json, try(setting.rule.items.enum, setting.json))) == 0, false)
    structure = try(startswith(trimspace(setting.value), "{") && length(setsubtract(keys(setting.json), keys(setting.rule.members))) == 0 && length(setsubtract(try(setting.rule.required, []), keys(setting.json))) == 0, false)
  }[setting.rule.type]]

  # One step into an object, as far as the filters of labels: which members it has, and their words.
  inner = flatten([for setting in local.settings : [for member, value in try({ for name, value in setting.json : name => value }, {}) : {
    name    = "${setting.name}.${member}"
    unknown = setsubtract(try(keys(value), []), try(keys(setting.rule.members[member].members), keys(value), []))
    members = try(keys(setting.rule.members[member].members), [])
    unmatched = flatten([for name, words in try({ for name, words in value : name => words }, {}) : [for word in try(tolist(words), []) :
      "${word} (${name} are of ${setting.rule.members[member].members[name].items.pattern})"
      if try(length(regexall("^(?:${setting.rule.members[member].members[name].items.pattern})$", word)) == 0, false)
    ]])
  }]])

  faults = concat(
    [for name, operation in var.operations : "${name} has no ${join(", ", setsubtract(keys(operation.settings), keys(local.catalog[name].parameters)))}, but ${join(", ", keys(local.catalog[name].parameters))}."
    if length(setsubtract(keys(operation.settings), keys(local.catalog[name].parameters))) > 0],
    [for name, operation in var.operations : "${name} needs ${join(", ", setsubtract(local.catalog[name].required, keys(operation.settings)))} in its settings."
    if length(setsubtract(local.catalog[name].required, keys(operation.settings))) > 0],
    # It shows the image to people, from a bucket outside home.
    [for name, operation in var.operations : "${name}: HumanLoopConfig is not offered: the image would be kept, and seen, outside home." if contains(keys(operation.settings), "HumanLoopConfig")],
    [for at, setting in local.settings : "${setting.name} takes ${local.takes[at]}; it is ${setting.value}." if !local.fits[at]],
    [for inner in local.inner : "${inner.name} has no ${join(", ", inner.unknown)}, but ${join(", ", inner.members)}." if length(inner.unknown) > 0],
    [for inner in local.inner : "${inner.name} takes no ${join(", no ", inner.unmatched)}." if length(inner.unmatched) > 0],
    [for name, region in local.model_region : "The model of ${name} lies in ${region}: ${var.operations[name].way == "staged" ? "stage there, or let it go by bytes" : "name that region in allowed_regions, and in the regions of ${name} if it has any"}."
    if !contains(var.operations[name].way == "staged" ? [var.remote_region] : coalesce(var.operations[name].regions, local.allowed), region) || !contains(local.allowed, region)],
  )

  # A model of one's own lies in one region of one account, which its ARN tells.
  models       = { for name, operation in var.operations : name => split(":", lookup(operation.settings, "ProjectVersionArn", lookup(operation.settings, "ProjectVersion", ""))) }
  model_region = { for name, arn in local.models : name => arn[3] if length(arn) > 4 }
  model_owner  = { for name, arn in local.models : name => arn[4] if length(arn) > 4 }
}
