"""What a run is called."""

import pytest

from recoup.exceptions import ConfigurationError
from recoup.runs.names import check_run_name, run_name


def test_a_template_shows_parameters_and_what_is_inside_them():
    template = "load {day} of {frame[rows]:03d} {{x}}"
    check_run_name(template, ["day", "frame"], "flow_run_name", "flow f")
    assert run_name(template, {"day": "Monday", "frame": {"rows": 7}}, "flow_run_name", "flow f") == "load Monday of 007 {x}"


def test_a_function_returns_the_name():
    assert run_name(lambda: "nightly", {}, "flow_run_name", "flow f") == "nightly"
    with pytest.raises(ConfigurationError, match=r"^flow f: flow_run_name returned 5; return a text$"):
        run_name(lambda: 5, {}, "flow_run_name", "flow f")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (5, "is 5; give a text such as 'load {day}', or a function that returns one"),
        (
            "{dya}",
            "names {dya}, which is no parameter (did you mean 'day'?); the parameters are day, rate. Write {{ for a brace.",
        ),
        ("{day", "is '{day', which is no template: expected '}' before end of string. Write {{ for a brace."),
    ],
)
def test_what_names_no_run_is_refused(name, message):
    with pytest.raises(ConfigurationError) as caught:
        check_run_name(name, ["day", "rate"], "flow_run_name", "flow f")
    assert str(caught.value) == f"flow f: flow_run_name {message}"
