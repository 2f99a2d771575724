# What one invocation of each function may use. Queues hide a message for six timeouts, so a timeout is also a delay.

locals {
  limits = { for name, limits in local.usual_limits : name => {
    for key, usual in limits : key => coalesce(try(var.limits[name][key], null), usual)
  } }

  usual_limits = {
    # One vCPU: it decodes and encodes images. In its memory two pictures of 50 megapixels find room.
    ingest = { timeout_s = 120, memory_mb = 1769, concurrency = 10 }
    bridge = { timeout_s = 15, memory_mb = 256, concurrency = 5 }

    # The concurrency of analyze follows from the quota of each operation.
    analyze = { timeout_s = 30, memory_mb = 512 }
    route   = { timeout_s = 30, memory_mb = 512, concurrency = 10 }

    # API Gateway waits for 29 seconds. It decodes images as INGEST does, and somebody waits.
    api = { timeout_s = 29, memory_mb = 1769 }

    # Nobody waits for sweep; it stops well before the next one starts.
    sweep = { timeout_s = 240, memory_mb = 512 }
  }
}
