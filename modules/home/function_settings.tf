# Timeout, memory and concurrency of each function. The visibility timeout of a queue is six function timeouts: a longer timeout also
# delays the retry after a crash.

locals {
  function_settings = { for name, defaults in local.default_settings : name => {
    for key, default in defaults : key => coalesce(try(var.function_settings[name][key], null), default)
  } }

  default_settings = {
    # 1769 MB are one vCPU: it decodes and encodes images. Two images of 50 megapixels fit into this memory.
    ingest = { timeout_s = 120, memory_mb = 1769, concurrency = 10 }
    bridge = { timeout_s = 15, memory_mb = 256, concurrency = 5 }

    # The concurrency of analyze is computed from the quota of each operation.
    analyze = { timeout_s = 30, memory_mb = 512 }
    route   = { timeout_s = 30, memory_mb = 512, concurrency = 10 }

    # API Gateway waits for 29 seconds at most. The function decodes images as INGEST does.
    api = { timeout_s = 29, memory_mb = 1769 }

    # SWEEP runs every 5 minutes: it must end before the next run starts.
    sweep = { timeout_s = 240, memory_mb = 512 }
  }
}
