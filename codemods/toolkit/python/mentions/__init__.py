"""Every mention of a word in the project, and what each leads to, also as an attribute of an instance.

`collect.facts_of` finds all places of one module where the word stands, in code, strings and comments, with the classes
and functions that it defines.  `places.Places` says what a mention is in the whole project, `classes.Classes` knows
what classes inherit and which of them an attribute belongs to.  For codemods about one definition that have to say of
each mention what happens to it (`rope_rename`, `rope_signature`).
"""
