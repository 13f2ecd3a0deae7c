"""Follows the recipes of doc/ to the letter, so that a recipe and its test cannot disagree.

    import recipe
    recipe.follow(t, "dovecot-postfix")

A recipe's steps are the indented blocks below a line `File: PATH` (the whole file), `Add to: PATH` (its new end) or
`Run:` (what root types). Everything else is for the reader.
"""
import os
import re

DOC = "/project/doc"


def steps(name):
    """The steps of a recipe: (kind, path, text), in order."""
    with open(f"{DOC}/{name}.txt", encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"^(File|Add to|Run): ?(\S*)\n((?:    .*\n|\n(?=    ))+)", text, re.M)
    return [(kind, path, re.sub(r"^    ", "", block, flags=re.M)) for kind, path, block in found]


def follow(t, name, leave_out=None):
    """Do what the recipe says; LEAVE_OUT is a path whose step is not done, to see that it was needed."""
    done = 0
    for kind, path, text in steps(name):
        if leave_out is not None and path == leave_out:
            continue
        if kind == "Run":
            t.must(text)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w" if kind == "File" else "a", encoding="utf-8") as file:
                file.write(text)
            t.note(f"# {kind}: {path}\n{text}")
        done += 1
    if not done:
        raise t.Failure(f"doc/{name}.txt has no steps")
