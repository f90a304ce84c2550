"""The small models shipped with the product, and the procedural scenes that they were trained on."""
