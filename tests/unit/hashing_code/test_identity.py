"""A task is called after its module and qualified name; what these do not tell apart gets digits."""

from __future__ import annotations

import functools
import re

import pytest

from recoup.exceptions import HashError
from recoup.hashing.code import function_token, identity, source_token
from recoup.tasks import task


def of_module(x):
    return x


class Holder:
    def method(self):
        return 1

    class Inner:
        @staticmethod
        def static():
            return 1


def make(amount):
    def local(x):
        return x + amount

    return local


def named(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


HERE = "tests.unit.hashing_code.test_identity"


def test_a_function_of_a_module_has_its_path():
    assert identity(of_module) == f"{HERE}:of_module"
    assert identity(Holder.method) == identity(Holder().method) == f"{HERE}:Holder.method"
    assert identity(Holder.Inner.static) == f"{HERE}:Holder.Inner.static"


def test_a_task_and_a_decorated_function_are_called_like_the_function():
    assert identity(task(of_module)) == identity(named(of_module)) == identity(task(named(of_module))) == identity(of_module)


def test_local_functions_and_lambdas_get_digits():
    assert re.fullmatch(rf"{HERE}:make\.<locals>\.local~[0-9a-f]{{8}}", identity(make(1)))
    assert re.fullmatch(rf"{HERE}:test_local_.*<lambda>~[0-9a-f]{{8}}", identity(lambda x: x))
    assert identity(lambda x: x + 1) != identity(lambda x: x + 2)


def test_two_closures_of_one_function_are_two_tasks():
    assert identity(make(1)) == identity(make(1)) != identity(make(2))


def test_a_library_function_has_its_library_s_name():
    assert identity(len) == "builtins:len"
    assert identity(functools.reduce) == "_functools:reduce"
    assert identity(re.compile) == "re:compile"


def test_partials_differ_by_their_arguments():
    assert identity(functools.partial(of_module, 1)) == identity(functools.partial(of_module, 1))
    assert identity(functools.partial(of_module, 1)) != identity(functools.partial(of_module, 2))


def test_typed_code_gets_digits():
    space = {"__name__": "__main__"}
    exec("def work(x): return x", space)  # noqa: S102 - typed code is the subject
    assert re.fullmatch(r"\S+:work~[0-9a-f]{8}", identity(space["work"]))


def test_lambdas_on_one_line_are_told_apart():
    first, second = (lambda x: x + 1), (lambda x: [lambda y: y + x, lambda y: y])
    inner, other = second(1)
    assert len({source_token(function) for function in (first, second, inner, other)}) == 4
    assert source_token(first) == source_token(lambda x: x + 1)


def test_a_function_as_a_value_stands_for_what_it_closes_over():
    assert function_token(make(1)) == function_token(make(1)) != function_token(make(2))


def test_a_function_that_closes_over_a_lock_cannot_be_a_value():
    import threading

    with pytest.raises(HashError, match="'amount' has no stable content"):
        function_token(make(threading.Lock()))
