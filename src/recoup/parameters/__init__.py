"""Flow parameters become what annotations say: from text and JSON, and from values given in Python."""

from recoup.parameters.convert import convert_parameters
from recoup.parameters.validate import annotations_of, validate_parameters

__all__ = ["annotations_of", "convert_parameters", "validate_parameters"]
