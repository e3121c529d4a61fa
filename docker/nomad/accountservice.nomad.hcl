# The account service as a Nomad job, with Nomad's own service discovery (from
# Nomad 1.4 on).
#
#   nomad job run docker/nomad/accountservice.nomad.hcl
job "accountservice" {
  type = "service"

  # New versions start beside the old ones and take over once they have passed
  # their checks for 15 s; if they do not within 2 min, the old version stays.
  update {
    max_parallel     = 1
    canary           = 2
    auto_promote     = true
    auto_revert      = true
    health_check     = "checks"
    min_healthy_time = "15s"
    healthy_deadline = "2m"
  }

  group "accounts" {
    count = 2

    # Between leaving the service's catalogue and SIGTERM. The drain follows; both
    # together must cover how long clients keep an address.
    shutdown_delay = "2s"

    network {
      port "http" {
        to = 6767
      }
    }

    # Restarts by check_restart count here too.
    restart {
      attempts = 3
      interval = "5m"
      delay    = "5s"
      mode     = "delay"
    }

    service {
      name     = "accountservice"
      provider = "nomad"
      port     = "http"

      # Send me requests: a failing check takes the instance out of the catalogue's
      # healthy ones and restarts nothing.
      check {
        name     = "ready"
        type     = "http"
        path     = "/health/ready"
        interval = "2s"
        timeout  = "2s"
      }

      # Restart me if this fails: 3 × 10 s, at the earliest 30 s after the start. On
      # /health or /health/ready a database outage would restart every instance.
      check {
        name     = "live"
        type     = "http"
        path     = "/health/live"
        interval = "10s"
        timeout  = "2s"

        check_restart {
          limit = 3
          grace = "30s"
        }
      }
    }

    task "accountservice" {
      driver = "docker"

      config {
        image        = "accountservice"
        args         = ["--drain=3s"]
        ports        = ["http"]
        cap_drop     = ["all"]
        security_opt = ["no-new-privileges"]
      }

      # drain 3 s + requests 5 s < 20 s. Nomad's default of 5 s would kill; a client
      # allows 30 s unless its max_kill_timeout says otherwise.
      kill_signal  = "SIGTERM"
      kill_timeout = "20s"

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
