"""Write the files beside this one as Prefect 3.9.1 writes them.

    pip install prefect==3.9.1
    PREFECT_HOME=$(mktemp -d) python tests/golden/prefect/make.py

They were written once and stay as they are: results of users lie in storages in just this form. Everything goes
through Prefect's own `ResultStore`; files of tasks have the same form (`task` is one).
"""

import datetime as dt
import decimal
import pathlib
import shutil
import uuid

from prefect import task
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore, resolve_serializer
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

HERE = pathlib.Path(__file__).parent
BASE = pathlib.Path("/tmp/prefect-results")  # noqa: S108 - it is spelled in the files
PLAIN = {"day": "monday", "rows": [1, 2.5, None, True]}
RICH = {
    "when": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    "day": dt.date(2026, 1, 2),
    "price": decimal.Decimal("1.50"),
    "id": uuid.UUID(int=7),
    "path": pathlib.Path("a/b"),
    "raw": b"abc",
    "pair": (1, 2),
}


def write(key, value, serializer, **options):
    ResultStore(result_storage=LocalFileSystem(basepath=str(BASE)), serializer=resolve_serializer(serializer)).write(
        value, key=key, **options
    )


@task(result_storage_key="task-{parameters[x]}", result_serializer="json")
def double(x):
    return [x, x]


if __name__ == "__main__":
    shutil.rmtree(BASE, ignore_errors=True)
    for serializer in ("pickle", "json", "compressed/pickle", "compressed/json"):
        write(f"plain-{serializer.replace('/', '-')}", PLAIN, serializer)
    write("rich-pickle", RICH, "pickle")
    write("rich-json", RICH, "json")
    write("error-json", ValueError("no such day"), "json")
    write("expiring", 1, "json", expiration=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    ResultStore(
        result_storage=LocalFileSystem(basepath=str(BASE)),
        metadata_storage=LocalFileSystem(basepath=str(BASE / "keys")),
        serializer=resolve_serializer("compressed/json"),
    ).write(PLAIN, key="split")
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: BASE}):
        double(21)
    shutil.copytree(BASE, HERE, dirs_exist_ok=True)
