"""Facts in, figures out. Pure: time and rules are arguments, every number is a `Decimal`, unknown is a value.

One module per question holds the definitions as small functions; `figures/` holds the figures of the foundation, each a
`Metric` like a plug-in's; `project` measures them all.
"""
