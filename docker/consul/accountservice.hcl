# A service definition for a Consul agent, which asks the two checks itself:
#
#   consul services register docker/consul/accountservice.hcl
#
# or as a file in the agent's configuration directory. Consul takes 2xx for
# passing, 429 for a warning and anything else for critical. One critical check
# takes the service out of DNS and of queries for passing instances.
service {
  name = "accountservice"
  port = 6767

  checks = [
    # Is the instance well? When it has not been for ten minutes, or nobody answers
    # there any more, it is struck off. Consul accepts no less than a minute, and
    # looks every 30 s. It comes back only when it registers again, so this should
    # be longer than any outage that it is to survive.
    {
      name                              = "health"
      http                              = "http://127.0.0.1:6767/health"
      interval                          = "10s"
      timeout                           = "3s"
      deregister_critical_service_after = "10m"
    },
    # May it be sent requests? Drain and maintenance turn this one alone, so that
    # they take the instance out of DNS and never strike it off. The drain must
    # outlast interval + timeout, and how long clients keep an address.
    {
      name     = "ready"
      http     = "http://127.0.0.1:6767/health/ready"
      interval = "2s"
      timeout  = "1s"
    },
  ]
}
