"""A made-up consultancy ("the world") and the server that plays every vendor from it."""
