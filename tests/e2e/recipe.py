"""Follows the recipes of doc/ to the letter, so that a recipe and its test cannot disagree.

    import recipe
    recipe.follow(t, "dovecot-postfix")

A recipe's steps are the indented blocks below a line `File PATH:` (the whole file), `Add to PATH:` (its new end) or
`As root:` (what root types, a command a line). A line `Packages: ...` names what must be installed. Everything else is
for the reader.
"""
import os
import re

DOC = "/project/doc"
HEADINGS = r"^(?:File |Add to |As root)[^\n]*:$"


def blocks(text):
    """The parts of a recipe to be followed, in order: (heading, its indented lines)."""
    found = re.findall(r"^(File /\S+|Add to /\S+|As root):\n\n((?:    .*\n|\n(?=    ))+)", text, re.MULTILINE)
    return [(head, re.sub("^    ", "", body, flags=re.MULTILINE)) for head, body in found]


def follow(t, name):
    """Do what doc/NAME.txt says, all of it."""
    with open(f"{DOC}/{name}.txt", encoding="utf-8") as file:
        text = file.read()
    parts = blocks(text)
    t.eq([head + ":" for head, _ in parts], re.findall(HEADINGS, text, re.MULTILINE),
         "every heading of the recipe has its block")
    packages = t.match("^Packages: (.*)$", text, "the recipe names its packages").group(1)
    t.must(f"dpkg-query -W {packages}")
    for head, body in parts:
        t.note(f"# recipe {name}: {head}\n{body}")
        if head == "As root":
            for line in body.splitlines():
                t.must(line)
            continue
        path = head.split(" ")[-1]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a" if head.startswith("Add to ") else "w", encoding="utf-8") as file:
            file.write(body)
