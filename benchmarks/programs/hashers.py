"""The hashers, each as its tool makes the key of a call with one argument, with the tool's defaults.

A tool that says "this has no hash" by a value of its own is made to raise.
"""

from __future__ import annotations

import functools
import hashlib
import pickle


def recoup(value):
    from recoup.hashing import digest

    return digest(value).hex()


def joblib(value):
    return _joblib()(value)


def dask(value):
    return _dask()(value)


def dask_strict(value):
    """Raise for what it cannot hash deterministically, where the default makes up a key."""
    return _dask()(value, ensure_deterministic=True)


def prefect(value):
    key = _prefect().compute_key(task_ctx=None, inputs={"value": value}, flow_parameters={})
    if key is None:
        raise TypeError("no key")
    return key


def redun(value):
    return _redun().get_hash(value)


def hamilton(value):
    found = _hamilton().hash_value(value)
    if found == _hamilton().UNHASHABLE:  # its adapter then computes anew each time
        raise TypeError("unhashable")
    return found


def streamlit(value):
    make_key, kind = _streamlit()
    return make_key(kind, _called, (value,), {}, None)


def cachier(value):
    return _cachier()((), {"value": value})


def diskcache(value):
    disk, args_to_key = _diskcache()
    key, _raw = disk.put(args_to_key(("called",), (value,), {}, False, ()))
    return key if isinstance(key, (str, int, float)) else bytes(key).hex()


def lru_cache(value):
    """`functools.lru_cache`, in memory: a dict finds what is equal and has one hash."""
    key = functools._make_key((value,), {}, False)  # noqa: SLF001 - what the pure Python version calls
    hash(key)
    return key


def pickled(value):
    """Hash the bytes of the pickle, as a yardstick."""
    return hashlib.sha256(pickle.dumps(value, 5)).hexdigest()


def cloudpickled(value):
    """Hash those of cloudpickle, which also takes lambdas."""
    import cloudpickle

    return hashlib.sha256(cloudpickle.dumps(value, 5)).hexdigest()


def _called(value):
    """Stand for the function that is cached."""


@functools.cache
def _joblib():
    import joblib

    return joblib.hash


@functools.cache
def _dask():
    from dask.base import tokenize

    return tokenize


@functools.cache
def _prefect():
    from prefect.cache_policies import INPUTS

    return INPUTS


@functools.cache
def _redun():
    from redun.value import get_type_registry

    return get_type_registry()


@functools.cache
def _hamilton():
    from hamilton.caching import fingerprinting

    return fingerprinting


@functools.cache
def _streamlit():
    from streamlit.runtime.caching.cache_type import CacheType
    from streamlit.runtime.caching.cache_utils import _make_value_key

    return _make_value_key, CacheType.DATA


@functools.cache
def _cachier():
    from cachier.config import _default_hash_func

    return _default_hash_func


@functools.cache
def _diskcache():
    from diskcache.core import Disk, args_to_key

    return Disk(""), args_to_key
