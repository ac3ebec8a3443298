"""Flow parameters from outside Python: from text and JSON to what annotations say."""

from recoup.parameters.convert import convert_parameters

__all__ = ["convert_parameters"]
