"""Tasks and their parameters: a small shop adds up its orders."""

from prefect import Task, flow, task
from prefect.exceptions import ParameterBindError


@task
def price(item: str, quantity: int = 1, *, discount: float = 0.0) -> float:
    """Return what `quantity` of `item` costs."""
    return {"tea": 4.0, "cup": 10.0}[item] * quantity * (1 - discount)


@task(name="add it up", description="The sum of all prices.", tags={"money"}, retries=2)
def total(*prices: float, **extras: float) -> float:
    return sum(prices) + sum(extras.values())


@task
def order(items: list[str]) -> float:
    return total(*[price(item) for item in items], shipping=2.5)


class Shop:
    def __init__(self, rate: float) -> None:
        self.rate = rate

    @task
    def taxed(self, amount: float) -> float:
        return round(amount * (1 + self.rate), 2)

    @staticmethod
    @task
    def greeting(name: str) -> str:
        return f"Welcome, {name}!"

    @classmethod
    @task
    def named(cls, name: str) -> str:
        return f"{cls.__name__} {name}"


@flow
def shopping() -> float:
    print(price("tea"), price("tea", 3), price("tea", quantity=2, discount=0.5))
    print(order(["tea", "cup"]), Shop.greeting("Ada"), Shop.named("Eve"))
    for wrong in (price, lambda: price("tea", colour="green"), lambda: price("spoon")):
        try:
            wrong()
        except (ParameterBindError, KeyError) as error:
            print(type(error).__name__)
    return Shop(0.2).taxed(order(["cup"]))


if __name__ == "__main__":
    print(isinstance(price, Task), price.name, price.description)
    print(total.name, total.description, sorted(total.tags), total.retries, total.fn(1, 2))
    cheaper = total.with_options(name="cheaper", retries=0)
    print(cheaper.name, cheaper.retries, cheaper.description, total.name, total.retries)
    print(price("cup", 2), shopping())
