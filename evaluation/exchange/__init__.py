"""The folder in which a run travels from one site to another."""
