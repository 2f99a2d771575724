# A deployment stays where it is. In another region Terraform would not find the buckets; under another prefix it would
# take every queue away, with what waits there, before the tables' protection stops it.

resource "terraform_data" "place" {
  input = { prefix = var.prefix, home = var.home_region, remote = var.remote_region }

  lifecycle {
    # What it was made with.
    ignore_changes = [input]

    postcondition {
      condition = jsonencode(self.input) == jsonencode({ prefix = var.prefix, home = var.home_region, remote = var.remote_region })
      error_message = join(" ", [
        "This deployment is ${self.input.prefix}, from ${self.input.home} to ${self.input.remote}, and does not move:",
        "set prefix, home_region and remote_region back, or deploy another one with a prefix and a file of variables of its own.",
      ])
    }
  }
}
