"""What a body changes of an object that lies outside of it."""

from recoup.hashing import fingerprint


class Notes:
    def __init__(self, unit):
        self.unit = unit
        self.lines = []
        self.pages = {"first": []}


def noting(notes):
    def body():
        notes.lines.append(notes.unit)
        notes.pages["next"] = 1

    return body


def test_an_attribute_that_the_body_changes_is_no_part_of_the_program():
    body = noting(Notes("m"))
    before = fingerprint(body)
    body()
    assert fingerprint(body).digest == before.digest
    assert any("lines" in text and "changes it as it runs" in text for text in before.not_covered)


def test_the_other_attributes_of_that_object_count():
    assert fingerprint(noting(Notes("m"))).digest != fingerprint(noting(Notes("kg"))).digest
