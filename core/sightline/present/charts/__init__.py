"""Charts as data: each a Vega-Lite specification with its own values, the same for terminal, report and dashboard."""
