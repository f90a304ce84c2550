"""From a model card or README, which is untrusted text, to draft capabilities that wait for a person."""
