"""What visitors' choices say about artifacts, once position, repetition, bursts and age are taken out.

Pure mathematics over columns, one row for each result that was shown: no Django, no database.
"""
