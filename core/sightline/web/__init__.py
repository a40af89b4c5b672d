"""The dashboard and the API: request → use case → screen → template. Nothing is computed here. See README.md."""
