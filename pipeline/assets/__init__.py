"""The Dagster face of the chain: thin assets, their checks, jobs and resource. What data means lives elsewhere."""
