"""What people see: views (one dataclass per screen, shared by CLI and web), documents, renderers. Reads figures only."""
