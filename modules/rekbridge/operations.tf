# Which operations are run on every image, and how an image is transferred. The catalog says which operations exist.

variable "operations" {
  description = <<-EOT
    Operations for every image, by catalog name (handlers/rekbridge_lambda/domain/operations.json).
    transfer: bytes (nothing is stored outside the home region) or staged (a temporary copy in the remote region).
    regions: where the operation may be called (default: every allowed region that has it, the home region included).
    settings: parameters of the API action; a list or an object as JSON text.
  EOT
  type = map(object({
    transfer = optional(string, "bytes")
    regions  = optional(set(string))
    settings = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition     = length(var.operations) > 0
    error_message = "operations is empty: name at least one of ${join(", ", local.single_image_operations)}."
  }

  validation {
    condition     = alltrue([for name in keys(var.operations) : contains(keys(local.catalog), name)])
    error_message = "Unknown operations: ${join(", ", setsubtract(keys(var.operations), keys(local.catalog)))}. The catalog has ${join(", ", keys(local.catalog))}."
  }

  validation {
    condition     = alltrue([for name in keys(var.operations) : length(try(local.catalog[name].image_parameters, ["Image"])) == 1])
    error_message = "An upload is one image, but ${join(", ", setsubtract(keys(var.operations), local.single_image_operations))} needs two: choose among ${join(", ", local.single_image_operations)}."
  }

  validation {
    condition     = alltrue([for operation in var.operations : contains(["bytes", "staged"], operation.transfer)])
    error_message = "transfer is bytes or staged, not ${join(", ", setsubtract([for operation in var.operations : operation.transfer], ["bytes", "staged"]))}."
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      length(setsubtract(coalesce(operation.regions, []), lookup(local.available_regions, name, local.partition_regions))) == 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "Rekognition has no ${name} in ${join(", ", setsubtract(coalesce(operation.regions, []), local.available_regions[name]))}. It has it in ${join(", ", local.available_regions[name])}; allowed_regions allows ${local.region_suggestions[name]}."
      if length(setsubtract(coalesce(operation.regions, []), lookup(local.available_regions, name, local.partition_regions))) > 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      length(setsubtract(coalesce(operation.regions, []), local.analysis_regions)) == 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "The regions of ${name} include ${join(", ", setsubtract(coalesce(operation.regions, []), local.analysis_regions))}, which allowed_regions does not allow. Allowed regions that have ${name}: ${try(local.region_suggestions[name], "none")}."
      if length(setsubtract(coalesce(operation.regions, []), local.analysis_regions)) > 0
    ])
  }

  # null takes the default; with an empty set no message could ever be processed.
  validation {
    condition = alltrue([for operation in var.operations : length(coalesce(operation.regions, ["default"])) > 0])
    error_message = join("\n", [for name, operation in var.operations :
      "The regions of ${name} are empty: leave them out to use every allowed region that has it, or name some of ${try(local.region_suggestions[name], "them")}."
      if length(coalesce(operation.regions, ["default"])) == 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.regions != null || length(setintersection(lookup(local.available_regions, name, local.partition_regions), local.analysis_regions)) > 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "No allowed region has ${name}: add one of ${join(", ", local.available_regions[name])} to allowed_regions."
      if operation.regions == null && length(setintersection(lookup(local.available_regions, name, local.partition_regions), local.analysis_regions)) == 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.transfer == "bytes" || coalesce(operation.regions, toset([var.remote_region])) == toset([var.remote_region])
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "${name} is staged, and staged copies are in ${var.remote_region} only: leave out its regions, or set its transfer to bytes."
      if operation.transfer != "bytes" && coalesce(operation.regions, toset([var.remote_region])) != toset([var.remote_region])
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.transfer == "bytes" || contains(lookup(local.available_regions, name, local.partition_regions), var.remote_region)
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "${name} is staged, and staged copies are in ${var.remote_region}, where Rekognition has no ${name}: set its transfer to bytes, or choose a remote_region among ${local.region_suggestions[name]}."
      if operation.transfer != "bytes" && !contains(lookup(local.available_regions, name, local.partition_regions), var.remote_region)
    ])
  }
}
