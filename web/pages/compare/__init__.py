"""The comparison of two artifacts: table, verdict, charts and Markdown twin are drawn from one object."""
