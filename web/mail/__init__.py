"""The weekly brief by e-mail: asked for twice, left with one click, without pixels or marked links."""
