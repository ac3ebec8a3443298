"""What is noted of a call that runs."""

from recoup import flow, task
from recoup.cache_policies import FLOW_PARAMETERS
from recoup.storage import MemoryStorage


def test_flow_parameters_are_noted_like_arguments_without_their_secrets():
    store = MemoryStorage()

    @task(cache_policy=FLOW_PARAMETERS)
    def load():
        return 1

    @flow(result_storage=store)
    def program(day, password):
        load()
        return load.record()

    texts = {part.name: part.text for part in program({"year": 2026}, "hunter2").parts}
    assert texts["flow_parameters.day"] == "{'year': 2026}"
    assert not any(b"hunter2" in store.get(info.name) for info in store.list())
