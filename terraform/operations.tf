# What is analysed, and how it gets there. What exists is told by the catalog, never here.

variable "operations" {
  description = <<-EOT
    Operations for every image, by catalog name (handlers/rekbridge_lambda/domain/operations.json).
    way: bytes (nothing is stored outside home) or staged (a copy waits in the remote region).
    regions: where it may be called (default: home if it has the operation, and every allowed region that does).
    settings: parameters of the API action; a list or an object as JSON text.
  EOT
  type = map(object({
    way      = optional(string, "bytes")
    regions  = optional(set(string))
    settings = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition     = length(var.operations) > 0
    error_message = "Name at least one operation: ${join(", ", local.single_image)}."
  }

  validation {
    condition     = alltrue([for name in keys(var.operations) : contains(keys(local.catalog), name)])
    error_message = "Not in the catalog: ${join(", ", setsubtract(keys(var.operations), keys(local.catalog)))}. It has ${join(", ", keys(local.catalog))}."
  }

  validation {
    condition     = alltrue([for name in keys(var.operations) : length(try(local.catalog[name].images, ["Image"])) == 1])
    error_message = "An upload is one image, too few for ${join(", ", setsubtract(keys(var.operations), local.single_image))}: choose among ${join(", ", local.single_image)}."
  }

  validation {
    condition     = alltrue([for operation in var.operations : contains(["bytes", "staged"], operation.way)])
    error_message = "An image goes by bytes or staged, not ${join(", ", setsubtract([for operation in var.operations : operation.way], ["bytes", "staged"]))}."
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      length(setsubtract(coalesce(operation.regions, []), lookup(local.able, name, local.reachable))) == 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "Rekognition has no ${name} in ${join(", ", setsubtract(coalesce(operation.regions, []), local.able[name]))}. It has it in ${join(", ", local.able[name])}; allowed_regions allows ${local.choice[name]}."
      if length(setsubtract(coalesce(operation.regions, []), lookup(local.able, name, local.reachable))) > 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      length(setsubtract(coalesce(operation.regions, []), local.allowed)) == 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "${name} would be called in ${join(", ", setsubtract(coalesce(operation.regions, []), local.allowed))}, which allowed_regions leaves out. It would work in ${try(local.choice[name], "none")}."
      if length(setsubtract(coalesce(operation.regions, []), local.allowed)) > 0
    ])
  }

  # null takes the default; an empty set would be work that nobody can ever do.
  validation {
    condition = alltrue([for operation in var.operations : length(coalesce(operation.regions, ["default"])) > 0])
    error_message = join("\n", [for name, operation in var.operations :
      "${name} has an empty list of regions: leave it out to call every allowed region that has it, or name some of ${try(local.choice[name], "them")}."
      if length(coalesce(operation.regions, ["default"])) == 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.regions != null || length(setintersection(lookup(local.able, name, local.reachable), local.allowed)) > 0
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "No allowed region has ${name}: allow one of ${join(", ", local.able[name])}."
      if operation.regions == null && length(setintersection(lookup(local.able, name, local.reachable), local.allowed)) == 0
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.way == "bytes" || coalesce(operation.regions, toset([var.remote_region])) == toset([var.remote_region])
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "Staged copies lie in ${var.remote_region} only: leave out the regions of ${name}, or let it go by bytes."
      if operation.way != "bytes" && coalesce(operation.regions, toset([var.remote_region])) != toset([var.remote_region])
    ])
  }

  validation {
    condition = alltrue([for name, operation in var.operations :
      operation.way == "bytes" || contains(lookup(local.able, name, local.reachable), var.remote_region)
    ])
    error_message = join("\n", [for name, operation in var.operations :
      "Staged copies lie in ${var.remote_region}, where Rekognition has no ${name}: let it go by bytes, or choose a remote_region among ${local.choice[name]}."
      if operation.way != "bytes" && !contains(lookup(local.able, name, local.reachable), var.remote_region)
    ])
  }
}
