"""Use cases about the team: who there is, who holds which role, who is away."""
