"""All storages agree: whatever is done to them, in whatever order, they answer alike."""

import shutil
import tempfile

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from recoup.exceptions import RecoupError
from recoup.storage import LocalFileSystem, MemoryStorage

# No name is a folder of another name, as `check_name` asks.
NAMES = ["a", "b", "a.b", "f/a", "f/b", "f/g/a", "f/g/h/a", "h/a"]
FOLDERS = ["", "f", "f/g", "f/g/h", "h", "a", "missing"]
PATHS = ["report.json", "f/a", "my report", "f/../b", "../out", ""]


def answer(operation, *arguments, **options):
    """Return what a store answers, an error by its type."""
    try:
        return operation(*arguments, **options)
    except RecoupError as exc:
        return type(exc)


class Agreement(RuleBasedStateMachine):
    """Does everything to a folder and to memory, and compares."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.stores = [LocalFileSystem(self.folder), MemoryStorage()]

    def teardown(self):
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), chunks=st.lists(st.binary(max_size=20), max_size=3), create=st.booleans())
    def put(self, name, chunks, create):
        self.same(lambda store: store.put(name, chunks, create=create))

    @rule(name=st.sampled_from(NAMES))
    def get(self, name):
        self.same(lambda store: store.get(name))

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name):
        self.same(lambda store: store.delete(name))

    @rule(name=st.sampled_from([*NAMES, "f", "f/g", "missing", "../x", ".tmp"]))
    def ask(self, name):
        self.same(lambda store: store.exists(name))
        self.same(lambda store: store.info(name)[:2])

    @rule(path=st.sampled_from(PATHS), content=st.binary(max_size=20))
    def write_path(self, path, content):
        self.same(lambda store: store.write_path(path, content) and store.read_path(path))

    @rule(folder=st.sampled_from(FOLDERS))
    def list(self, folder):
        self.same(lambda store: sorted(info[:2] for info in store.list(folder)))

    @rule(folder=st.sampled_from(FOLDERS))
    def folders(self, folder):
        # A folder may outlive its objects.
        self.same(lambda store: sorted(found for found in store.folders(folder) if any(store.list(found))))

    @invariant()
    def contents_are_equal(self):
        self.same(lambda store: {info.name: store.get(info.name) for info in store.list()})

    def same(self, ask):
        local, memory = (answer(ask, store) for store in self.stores)
        assert local == memory


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
