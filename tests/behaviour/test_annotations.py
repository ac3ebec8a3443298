"""What the annotation of a parameter says about the key; the body gets its argument as ever."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NewType, Optional

import pytest

from recoup import flow, task
from recoup.annotations import Digest, Dir, File, Ignore, Secret
from recoup.cache_policies import CODE, FLOW_PARAMETERS, INPUTS, CachePolicy
from recoup.events import Advised, NotCached, WillCompute
from recoup.exceptions import ConfigurationError, HashError
from recoup.hashing import digest


def keys_of(fn, *calls, **options):
    made = task(**(options or {"cache": True}))(fn)
    return [str(made.key(*call)) for call in calls]


def same(fn, one, other):
    first, second = keys_of(fn, one, other)
    return first == second


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    return path


# --- Ignore ------------------------------------------------------------------------------------


def test_an_ignored_parameter_is_no_part_of_the_key():
    def load(day, debug: Annotated[bool, Ignore] = False):
        return debug

    kept = task(cache=True)(load)
    assert kept(1, debug=True) is True
    assert kept(1, debug=False) is True
    assert [part.name for part in kept.record(1).parts if part.name.startswith("inputs")] == ["inputs.day"]


def test_what_is_ignored_may_be_of_any_kind():
    def load(day, client: Annotated[object, Ignore]):
        return day

    assert same(load, (1, object()), (1, iter([])))


def test_an_ignored_reference_is_not_loaded_for_the_key():
    loaded = []

    class Told:
        def __reduce__(self):
            return _told, (loaded,)

    def _told(loaded):
        loaded.append(1)
        return Told()

    @task(cache=True)
    def make():
        return 1

    @task(cache=True)
    def use(x: Annotated[int, Ignore]):
        return 2

    @flow
    def program():
        return use.submit(make.submit()).result()

    assert [program(), program()] == [2, 2]


# --- Digest ------------------------------------------------------------------------------------


class Client:
    def __init__(self, url, socket=None):
        self.url, self.socket = url, socket


def by_url(client: Annotated[Client, Digest(lambda client: client.url)]):
    return client.url


def test_a_function_says_what_stands_for_an_argument():
    assert same(by_url, (Client("a", object()),), (Client("a", 5),))
    assert not same(by_url, (Client("a"),), (Client("b"),))
    assert task(cache=True)(by_url)(Client("a")) == "a"


def test_the_class_stays_part_of_the_key():
    class Other(Client):
        pass

    assert not same(by_url, (Client("a"),), (Other("a"),))


def test_another_function_makes_other_keys():
    """That the url of one is the socket of another is no reason to share a result."""

    def one(client: Annotated[Client, Digest(lambda client: client.url)]): ...
    def other(client: Annotated[Client, Digest(lambda client: client.socket)]): ...

    first, second = (task(cache_policy=INPUTS, task_key="same")(fn).key(Client("a", "a")) for fn in (one, other))
    assert first != second


@pytest.mark.parametrize(
    ("fn", "did"),
    [
        (lambda client: client.nothing, "raised AttributeError: 'Client' object has no attribute 'nothing'"),
        (lambda client: None, "returned None, which would make all values equal"),
    ],
)
def test_a_digest_function_that_fails_leaves_the_call_uncached_and_says_so(fn, did, recoup_events):
    @task(cache=True)
    def load(client: Annotated[Client, Digest(fn)]):
        return 1

    assert load(Client("a")) == 1
    (told,) = [event.reason for event in recoup_events if isinstance(event, NotCached)]
    assert told == (
        f"cannot hash `client`: the function {fn.__qualname__} of its Digest {did}. Let it return something small and stable, "
        "or leave the argument out of the key: client: Annotated[…, Ignore]."
    )


# --- File and Dir ------------------------------------------------------------------------------


def test_a_file_is_keyed_by_its_content_and_the_body_gets_its_path(file, tmp_path):
    seen = []

    @task(cache=True)
    def load(path: Annotated[str, File]):
        seen.append(path)
        return len(seen)

    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    assert [load(str(file)), load(str(copy))] == [1, 1]
    os.utime(file, (0, 0))
    assert load(str(file)) == 1
    file.write_text("a,b\n1,3\n")
    assert load(str(file)) == 2
    assert seen == [str(file), str(file)]


def test_a_path_is_a_path_however_it_is_given(file):
    def load(path: File): ...

    assert len(set(keys_of(load, (str(file),), (file,), (os.fsencode(file),), (File(file),)))) == 1


def test_a_file_may_change_to_what_it_was(file):
    def load(path: File): ...

    before = file.read_bytes()
    first = keys_of(load, (file,))
    file.write_bytes(b"other")
    assert keys_of(load, (file,)) != first
    file.write_bytes(before)
    assert keys_of(load, (file,)) == first


def test_no_file_is_none(file):
    def load(path: File | None = None): ...
    def other(path: Annotated[str | None, File] = None): ...

    assert not same(load, (), (file,))
    assert task(cache=True)(other).key() is not None


FileName = NewType("FileName", Annotated[str, File])


@pytest.mark.parametrize(
    ("annotation", "wrap"),
    [
        (list[File], lambda path: [path]),
        (list[Annotated[Path, File]], lambda path: [path]),
        (tuple[int, File], lambda path: (1, path)),
        (tuple[File, ...], lambda path: (path, path)),
        (dict[str, File], lambda path: {"train": path}),
        (set[File], lambda path: {path}),
        (Optional[File], lambda path: path),  # noqa: UP045 - people write it
        (int | Annotated[str, File], str),
        (list[dict[str, File] | None], lambda path: [None, {"x": path}]),
        (FileName, str),
        (Annotated[list[File], "a note"], lambda path: [path]),
    ],
)
def test_files_inside_other_types_are_keyed_by_content_too(annotation, wrap, file):
    def load(data): ...

    load.__annotations__["data"] = annotation
    first = keys_of(load, (wrap(file),))
    os.utime(file, (0, 0))
    assert keys_of(load, (wrap(file),)) == first
    file.write_text("changed")
    assert keys_of(load, (wrap(file),)) != first


def test_the_rest_of_the_arguments_is_marked_one_by_one(file):
    def load(*paths: Annotated[str, File], **named: File): ...

    made = task(cache=True)(load)
    first = made.key(str(file), x=file)
    file.write_text("changed")
    assert made.key(str(file), x=file) != first


def test_a_file_is_a_value_too(file):
    cfg = {"model": File(file)}
    first = digest(cfg)
    with open(cfg["model"]) as opened:  # noqa: PTH123 - that it can be opened is the point
        assert opened.read() == "a,b\n1,2\n"
    file.write_text("changed")
    assert digest(cfg) != first


def test_methods_and_generators_take_files_too(file):
    class Reader:
        def __init__(self, path):
            self.path = path

        @task(cache=True)
        def read(self, path: File):
            return Path(path).read_text()

        @task(cache=True)
        def lines(self, path: Annotated[Path, File]):
            yield from path.read_text().splitlines()

    assert Reader(1).read(file) == "a,b\n1,2\n"
    assert list(Reader(1).lines(file)) == ["a,b", "1,2"]
    file.write_text("changed")
    assert Reader(1).read(file) == "changed"
    assert list(Reader(1).lines(file)) == ["changed"]


def test_a_result_that_is_a_path_is_keyed_by_what_lies_there(file):
    @task(cache=True)
    def name():
        return str(file)

    @task(cache=True)
    def load(path: File):
        return Path(path).read_text()

    @flow
    def program():
        return load.submit(name.submit()).result()

    assert program() == "a,b\n1,2\n"
    file.write_text("changed")
    assert program() == "changed"


def test_a_body_that_changes_its_file_is_not_kept(file, recoup_events):
    @task(cache=True)
    def append(path: File):
        with Path(path).open("a") as opened:
            opened.write("more")
        return 1

    append(file)
    assert not append.cached(file)
    assert [event.arguments for event in recoup_events if type(event).__name__ == "MutatedInput"] == [("path",)]


@pytest.mark.parametrize(
    ("make", "annotation", "reason"),
    [
        (lambda path: path / "no", File, "File '{path}/no' does not exist. {left}; or make it before the task is called."),
        (lambda path: path, File, "File '{path}' is a folder. {left}; or annotate the parameter Dir instead of File."),
        (lambda path: path / "f", Dir, "Dir '{path}/f' is no folder. {left}; or annotate the parameter File instead of Dir."),
        (lambda path: path / "no", Dir, "Dir '{path}/no' does not exist. {left}; or make it before the task is called."),
        (
            lambda path: 5,
            File,
            "it is annotated File and is int, not a path. Pass a path; or annotate it list[File] or the like, where there are several.",
        ),
    ],
)
def test_what_is_no_such_file_runs_uncached_and_one_line_says_why(make, annotation, reason, tmp_path, recoup_events):
    (tmp_path / "f").write_text("")

    load = task(cache=True)(_annotated(lambda data: 1, annotation))
    assert [load(make(tmp_path)), load(make(tmp_path))] == [1, 1]
    (told,) = [event.reason for event in recoup_events if isinstance(event, NotCached)]
    left = "Leave it out of the key: data: Annotated[str, Ignore]"
    assert told == f"cannot hash `data`: {reason.format(path=tmp_path, left=left)}"


def _annotated(fn, annotation):
    fn.__annotations__["data"] = annotation
    return fn


def test_a_file_that_cannot_be_read_says_so(file):
    with pytest.raises(HashError, match=r"cannot be read \(Not a directory\)"):
        digest(File(file / "inside"))


def test_strict_keys_raise_for_a_file_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("RECOUP_TASKS_STRICT_KEYS", "true")

    @flow
    def program():
        return task(cache=True)(_annotated(lambda data: 1, File))(tmp_path / "no")

    with pytest.raises(HashError, match="does not exist"):
        program()


# --- folders -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "b.txt").write_text("b")
    return root


def changed(folder, change):
    before = digest(Dir(folder))
    change()
    return digest(Dir(folder)) != before


def test_a_folder_is_known_by_the_names_and_contents_in_it(folder, tmp_path):
    before = digest(Dir(folder))
    moved = folder.rename(tmp_path / "elsewhere")
    assert digest(Dir(moved)) == before
    assert changed(moved, lambda: (moved / "sub/b.txt").write_text("c"))
    assert changed(moved, lambda: (moved / "a.txt").rename(moved / "c.txt"))
    assert changed(moved, lambda: (moved / "c.txt").rename(moved / "sub/c.txt"))
    assert changed(moved, lambda: (moved / ".hidden").write_text(""))
    assert changed(moved, (moved / "empty").mkdir)
    assert changed(moved, (moved / "empty").rmdir)


def test_the_order_the_times_and_the_modes_of_a_folder_do_not_matter(folder, tmp_path):
    before = digest(Dir(folder))
    again = tmp_path / "again"
    (again / "sub").mkdir(parents=True)
    (again / "sub" / "b.txt").write_text("b")
    (again / "a.txt").write_text("a")
    (again / "a.txt").chmod(0o755)
    os.utime(again / "a.txt", (0, 0))
    assert digest(Dir(again)) == before


def test_a_link_counts_as_what_it_leads_to(folder, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("a")
    before = digest(Dir(folder))
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(outside)
    assert digest(Dir(folder)) == before
    assert changed(folder, lambda: outside.write_text("other"))
    assert changed(folder, outside.unlink)
    before = digest(Dir(folder))
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to("nowhere")
    assert digest(Dir(folder)) != before


def test_a_folder_that_leads_back_to_itself_does_not_hang(folder):
    (folder / "sub" / "loop").symlink_to(folder)
    assert changed(folder, lambda: (folder / "a.txt").write_text("other"))


def test_a_pipe_in_a_folder_is_refused_with_its_path(folder):
    os.mkfifo(folder / "sub" / "pipe")
    with pytest.raises(HashError) as caught:
        digest(Dir(folder))
    assert "`/sub/pipe`" in str(caught.value) or "/sub/pipe" in str(caught.value)
    assert "is no regular file" in str(caught.value)


def test_what_changed_in_a_folder_is_named(folder, recoup_events):
    load = task(cache=True)(_annotated(lambda data: 1, Dir))
    load(folder)
    (folder / "sub/b.txt").write_text("c")
    load(folder)
    assert [event.why for event in recoup_events if isinstance(event, WillCompute)][-1] == "argument data /sub/b.txt changed"


# --- flows, policies, names --------------------------------------------------------------------


def test_marks_on_the_parameters_of_a_flow_count_for_flow_parameters(file):
    @task(cache_policy=FLOW_PARAMETERS)
    def load():
        return [part.name for part in load.key().parts], str(load.key())

    @flow
    def program(path: File, debug: Annotated[bool, Ignore] = False):
        assert isinstance(path, str)
        return load.fn()

    names, first = program(str(file), debug=True)
    assert names == ["flow_parameters.path", "task"]
    assert program(str(file))[1] == first
    file.write_text("changed")
    assert program(str(file))[1] != first


def test_policies_and_key_functions_of_ones_own_that_ask_inputs_go_by_the_marks(file):
    class Mine(CachePolicy):
        def compute_key(self, task_ctx, inputs, flow_parameters, **kwargs):
            return INPUTS.compute_key(task_ctx, inputs, flow_parameters)

    def load(path: File): ...

    before = keys_of(load, (file,), cache_policy=Mine())
    os.utime(file, (0, 0))
    assert keys_of(load, (file,), cache_policy=Mine()) == before
    file.write_text("changed")
    assert keys_of(load, (file,), cache_policy=Mine()) != before


def test_an_ignored_parameter_may_be_subtracted_as_well():
    def load(day, debug: Annotated[bool, Ignore] = False): ...

    made = task(cache_policy=INPUTS - "debug" + CODE)(load)
    assert made.key(1, debug=True) == made.key(1)


# --- wrong uses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Ignore, "Ignore is no type; write Annotated[str, Ignore]"),
        (Secret, "Secret is no type; write Annotated[str, Secret]"),
        (Digest(len), "Digest(len) is no type; write Annotated[str, Digest(len)]"),
        (
            Annotated[str, Digest],
            "Digest needs a function; write Digest(lambda value: value.url), with what stands for it",
        ),
        (
            Annotated[str, File("a.csv")],
            "File('a.csv') has a path; write Annotated[str, File], and the argument is the path",
        ),
        (Annotated[str, File, Dir], "File and Dir contradict each other; keep one of them"),
        (
            Annotated[str, Ignore, File],
            "Ignore and File contradict each other; what is left out of the key is not hashed",
        ),
        (
            list[Annotated[int, Ignore]],
            "Ignore leaves out a whole parameter; write Annotated[…, Ignore] around all of it",
        ),
        (dict[File, int], "the keys of a mapping cannot be marked, only its values"),
    ],
)
def test_marks_that_mean_nothing_are_refused_where_they_are_written(annotation, text):
    for make, who in ((task, "task load"), (flow, "flow load")):
        with pytest.raises(ConfigurationError) as caught:
            make(name="load")(_annotated(lambda data: 1, annotation))
        assert str(caught.value) == f"{who}: parameter data: {text}"


def test_a_digest_takes_a_function():
    with pytest.raises(ConfigurationError, match="Digest takes a function, not str; write Digest"):
        Digest("url")


def test_an_annotation_that_cannot_be_evaluated_is_told_of_once_where_it_may_say_something(recoup_events):
    def load(data: "Annotated[str, Secret.nothing]", frame: "pd.DataFrame"):  # noqa: F821 - nowhere to be found
        return 1

    kept = task(cache=True)(load)
    assert [kept(1, 2), kept(1, 2)] == [1, 1]
    (told,) = [event.text for event in recoup_events if isinstance(event, Advised)]
    assert told == (
        "the annotation of its parameter data cannot be evaluated, so what it says of the key is not known: "
        "Annotated[str, Secret.nothing]. Import its names where the program runs, not under `if TYPE_CHECKING`."
    )


def test_an_annotation_may_name_what_is_defined_further_down():
    kept = task(cache=True)(later)
    assert kept.marks.unread
    globals()["SecretLater"] = Ignore
    try:
        assert kept.key(1, object()) == kept.key(1, 5)
    finally:
        del globals()["SecretLater"]


def later(day, client: "Annotated[Later, SecretLater]"): ...  # noqa: F821 - that is the point


def test_a_task_without_such_annotations_has_no_marks():
    @dataclass
    class Config:
        lr: float

    def load(day: int, cfg: Config, rest: list[str] | None = None, *args: int, **more: str) -> None: ...

    assert task(cache=True)(load).marks is None
