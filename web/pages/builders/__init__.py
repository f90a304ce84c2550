"""The page objects of builders: their claims, and what a claim opens."""
