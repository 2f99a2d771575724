# A deployment keeps its prefix and its regions. In another region Terraform would not find the buckets. Under another prefix it would
# replace every queue, and lose the messages in them, before the deletion protection of the tables stops it.

resource "terraform_data" "location" {
  input = { prefix = var.prefix, home = var.home_region, remote = var.remote_region }

  lifecycle {
    # Keeps the values of the first apply.
    ignore_changes = [input]

    postcondition {
      condition = jsonencode(self.input) == jsonencode({ prefix = var.prefix, home = var.home_region, remote = var.remote_region })
      error_message = join(" ", [
        "This deployment was created with prefix ${self.input.prefix}, home_region ${self.input.home} and remote_region ${self.input.remote}; these cannot change.",
        "Set them back, or create a second deployment with another prefix and its own file of variables.",
      ])
    }
  }
}
