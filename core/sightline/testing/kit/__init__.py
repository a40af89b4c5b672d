"""The contract kit: what every connector must do, as checks that run against its made-up vendor. See `checks.CHECKS`."""
