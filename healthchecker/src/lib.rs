//! A probe for container health checks: one check, one verdict, one exit code.
