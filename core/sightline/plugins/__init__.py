"""How plug-ins are found, checked and kept apart from each other."""
