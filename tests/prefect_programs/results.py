"""Results: kept under names of one's own, with serializers, and read again by another run."""

from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.results import get_result_store
from prefect.serializers import CompressedSerializer, JSONSerializer, PickleSerializer, Serializer

ran = []


@task(result_storage_key="rates-{parameters[currency]}")
def rates(currency: str) -> dict[str, float]:
    ran.append(f"rates {currency}")
    return {"EUR": 1.0, currency: 1.25}


@task(result_serializer="json", result_storage_key="report")
def report(table: dict[str, float]) -> list[str]:
    ran.append("report")
    return [f"{name}: {value}" for name, value in sorted(table.items())]


@task(persist_result=True, result_serializer=CompressedSerializer(serializer="json"), cache_result_in_memory=False)
def zeros(count: int) -> list[int]:
    ran.append(f"zeros {count}")
    return [0] * count


@task
def plain(x: int) -> int:
    ran.append(f"plain {x}")
    return x


@task(cache_policy=INPUTS)
def basket(owner: str) -> list[str]:
    return ["apple"]


@flow
def banking(currency: str) -> list[str]:
    state = rates(currency, return_state=True)
    print(state.name, state.result(), len(zeros(1000)), zeros(1000, return_state=True).name)
    return report(state.result())


@flow(persist_result=True)
def saving() -> None:
    print(type(get_result_store()).__name__, plain(2), plain(2, return_state=True).name)
    print(plain.with_options(persist_result=False)(2, return_state=True).name)
    basket("Ada").append("pear")
    print("a second basket:", basket("Ada"))


if __name__ == "__main__":
    for currency in ("USD", "USD", "CHF"):
        print(banking(currency))
    saving()
    print(ran)
    for serializer in (PickleSerializer(), JSONSerializer(), Serializer(type="compressed/json")):
        print(serializer.type, serializer.loads(serializer.dumps({"a": [1, 2.5, None]})))
    print([kept.persist_result for kept in (plain, rates, zeros, basket)])
