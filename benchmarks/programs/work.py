"""The small task that every tool caches: two scalar arguments, a small dict as the result."""

RUNS = {"work": 0}  # how often the body really ran in this process; the stage checks it after every batch


def work(number: int, name: str) -> dict[str, object]:
    RUNS["work"] += 1
    return {"number": number, "name": name, "score": number * 0.5, "tags": [name, "small"]}
