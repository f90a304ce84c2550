"""Views of builders. Every object is looked up through its people; what is tried without a right to it is logged."""
