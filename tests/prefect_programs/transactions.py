"""Transactions: tasks that stand or fall together, and work that is done only once."""

from prefect import flow, task
from prefect.transactions import CommitMode, get_transaction, transaction

files = {}


@task
def write(name: str, text: str) -> str:
    files[name] = text
    get_transaction().set("name", name)
    return name


@write.on_rollback
def remove(txn) -> None:
    print("rolled back", txn.get("name"), files.pop(txn.get("name")))


@write.on_commit
def confirm(txn) -> None:
    print("committed", txn.get("name"))


@task
def check(name: str) -> None:
    if "bad" in files[name]:
        raise ValueError(f"{name} is bad")


@flow
def publish(texts: dict[str, str]) -> None:
    with transaction() as txn:
        txn.set("title", "all texts")
        for name, text in texts.items():
            write(name, text)
            check(name)
        print("checked", txn.get("title"), txn.get("author", "nobody"))


@flow
def once(key: str) -> None:
    with transaction(key=key) as txn:
        print(key, "is committed" if txn.is_committed() else "is new")
        if not txn.is_committed():
            txn.stage({"made": key})
    print(txn.state.name, txn.read().result if txn.is_committed() else None)


@flow
def nested() -> None:
    with transaction() as outer:
        with transaction() as inner:
            write("inner", "x")
        print("inner left", inner.state.name)
        with transaction(commit_mode=CommitMode.EAGER):
            write("eager", "y")
        print("eager left")
    print(outer.state.name, inner.state.name)


if __name__ == "__main__":
    publish({"a": "good", "b": "fine"})
    print(sorted(files))
    state = publish({"c": "good", "d": "bad"}, return_state=True)
    print(state.name, state.message, sorted(files))
    once("weekly-report")
    once("weekly-report")
    nested()
    try:
        with transaction() as alone:
            alone.stage("value", on_rollback_hooks=[lambda txn: print("undone")])
            raise KeyError("stop")
    except KeyError:
        print(alone.state.name, get_transaction())
    try:
        alone.get("unknown")
    except ValueError:
        print("ValueError")
