"""Words in which the edits of a project are written down."""

from __future__ import annotations

from recoup.testing.hashing.edits import Change, Edit, Project

__all__ = ["edits_of"]

Rows = dict[str, tuple[str, str, str]]
"""What is edited -> file, old text, new text."""


def edits_of(project: Project, *, matter: Rows, do_not_matter: Rows) -> tuple[Edit, ...]:
    """Return an edit of `project` for each row."""
    made = [
        (name, row, invalidates) for rows, invalidates in ((matter, True), (do_not_matter, False)) for name, row in rows.items()
    ]
    return tuple(Edit(name, project, (Change(*row),), invalidates) for name, row, invalidates in made)
