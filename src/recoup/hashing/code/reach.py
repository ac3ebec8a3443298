"""Walks from a function to all project code, constants and packages that it can reach by name.

What is found becomes parts with unique names. A part says what it is in itself, and what each of the names in it
means. So the set of parts describes the reachable program exactly: editing a helper changes its content, and
putting another function behind a name changes the meaning of that name, even if both were reached before.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict, deque
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from recoup.hashing import describe
from recoup.hashing.code.changes import Changes
from recoup.hashing.code.classes import view_of_class
from recoup.hashing.code.constants import token_of
from recoup.hashing.code.lookup import Found, Lookup, absolute_name, globals_of_class, root_of, space_name
from recoup.hashing.code.own_state import changed_by
from recoup.hashing.code.owners import Owner, module_name_of_code, owner_of_file, owner_of_module, stable_name
from recoup.hashing.code.packages import file_of_module, package_of_module
from recoup.hashing.code.parts import Part, Parts, digest_of_texts, token_of_digest
from recoup.hashing.code.pieces import Piece, piece_of_function
from recoup.hashing.code.unwrapping import is_wrapper
from recoup.hashing.code.values import (
    BUILTIN,
    UNBOUND,
    cells_of,
    content_of,
    defaults_of,
    holds_code,
    is_class,
    is_code,
    is_dunder,
    members_of,
    members_of_callable,
    module_of,
    owner_of_type,
)
from recoup.hashing.code.watch import WatchList

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from types import CellType

    from recoup.hashing.code.changes import Variable
    from recoup.hashing.code.scopes import Chain, Import
    from recoup.hashing.code.watch import Watch
    from recoup.types import Token

__all__ = ["Reach"]

_UNSTABLE = "?"
_CHANGED = "the program changes it as it runs"
_COMPREHENSION = re.compile(r"<(list|set|dict)comp>\.(<locals>\.)?")
"""What Python 3.12 and later leave out of the names of functions that stand in such an expression."""


class Reach:
    """One walk; `name`, `parts`, `uncovered` and `watch` are its results.

    It begins at `root` and at the code that its arguments carry, `beside`; the parts called `without` are not entered.
    `before` is the watch of the last one.
    """

    def __init__(self, root: Any, before: Watch | None = None, beside: Iterable[Any] = (), without: Collection[str] = ()) -> None:
        self.parts = Parts()
        self.uncovered: dict[str, str] = {}
        self._root = root
        self._watching = WatchList()
        self._lookup = Lookup(self._watching)
        self._known_tokens = before.large_of_this_run() if before is not None else {}
        self._without = without
        self.left_out: set[str] = set()
        self._waiting: deque[tuple[bool, Callable[[], object]]] = deque()
        self._reads: dict[Variable | int, Callable[[], object]] = {}
        self._only_made: set[Variable | int] = set()
        self._called: dict[int, set[str]] = defaultdict(set)
        self._own_state: dict[int, frozenset[str]] = {}
        self._runs = True
        """Whether what is met now may be called by the program, or was only called where something was made."""
        self._held: list[Any] = []  # keeps what was met alive, so that no id is used twice
        self._open: set[int] = set()
        self._constants: list[tuple[Part, Any, str, Variable]] = []
        self._attributes: list[tuple[Part, Any, str, Any, str, dict[str, str]]] = []
        self._changes = Changes(self._lookup)
        self.name = self._inside(root, "code", root_of(getattr(root, "__globals__", {})))
        for thing in sorted(beside, key=_place_of):
            self._carried_by_argument(thing)
        self._read_all()
        self.watch = self._watching.watch(self._changes)

    def _read_all(self) -> None:
        """Read what was met, until nothing new is; then decide about data, knowing what the program changes."""
        while self._waiting:
            self._runs, read = self._waiting.popleft()
            read()
        for attribute in self._attributes:
            self._settle_attribute(*attribute)
        for constant in self._constants:
            self._settle(*constant)
        for name in self.left_out:
            del self.parts[name]

    def _carried_by_argument(self, thing: Any) -> None:
        """Enter what an argument carries; of what cannot be loaded here, its name counts."""
        if not isinstance(thing, str):
            self._inside(thing, "code", "")
        elif owner_of_module(thing.partition(":")[0]) is Owner.LIBRARY:
            self._package(thing.partition(":")[0])
        else:
            self.parts.begin(thing, f"code.{thing.replace(':', '.')}", "code").text = "not found"

    # --- what a value means: the name of a part, what a library calls it, or a token -----------------

    def _named(self, value: Any, variable: Variable, place: str, root: str) -> str:
        """Return what a variable that holds `value` means. Data becomes a constant of its own, called `place`."""
        if not self._has_state(value):
            meaning = self._code(value, place, root)
            if meaning is not None:
                return meaning
        known = self._met(variable)
        if known is None:
            part = self.parts.begin(variable, place, "constant")
            known = part.name
            if self._leaves_out(known):
                return known
            self._constants.append((part, value, root, variable))
            if is_code(value) or holds_code(value):
                self._remember(variable, functools.partial(self._inside, value, place, root))
                part.content = token_of_digest(digest_of_texts(self._inside(value, place, root)))
        return known

    def _inside(self, value: Any, place: str, root: str) -> str:
        """Return what `value` means where it has no name of its own: in a container, a default, a partial."""
        meaning = self._code(value, place, root)
        if meaning is not None:
            return meaning
        return self._container(value, place, root) if holds_code(value) else self._data(value, place, root)

    def _has_state(self, value: Any) -> bool:
        """Say whether code carries data that belongs to the variable holding it, like a partial's arguments."""
        if is_wrapper(value):
            return owner_of_type(value) is Owner.PROJECT
        return members_of_callable(value) is not None

    def _code(self, value: Any, place: str, root: str) -> str | None:
        """Return what code means, `None` for data."""
        if isinstance(value, ModuleType):
            return self._module(value)
        if isinstance(value, FunctionType):
            return self._function(value, place, root)
        if is_class(value):
            return self._class(value)
        if is_wrapper(value):
            return self._wrapper(value, place, root)
        if isinstance(value, BUILTIN):
            return self._foreign(value, module_of(value))
        members = members_of_callable(value)
        if members is not None:
            return _combined(type(value).__name__, [(label, self._inside(m, f"{place}.{label}", root)) for label, m in members])
        if type(value).__module__ == "typing" or owner_of_type(value) is Owner.RECOUP:
            return stable_name(type(value))
        return None

    def _foreign(self, value: Any, module: str) -> str:
        """Return what a thing of a library or of Python is called, noting the package."""
        name = stable_name(value)
        return f"{self._package(module)}:{name}" if owner_of_module(module) is Owner.LIBRARY else name

    def _package(self, module: str) -> str:
        package = package_of_module(module)
        name = f"package.{package.name}"
        if name not in self.parts:
            part = self.parts.begin(name, name, "package")
            self._leaves_out(name)
            part.text = f"{package.version}+{package.contents}" if package.contents else package.version
            part.content = part.text.encode()
        return name

    def _data(self, value: Any, place: str, root: str) -> str:
        token = self._token(value, root)
        if token is None:
            self.uncovered[place] = f"a {type(value).__qualname__} has no stable content"
            return _UNSTABLE
        if owner_of_type(value) is Owner.LIBRARY:
            self._package(type(value).__module__)
        return token.hex()

    def _token(self, value: Any, root: str) -> Token | None:
        """Return the token of data, and watch it. Large data that was hashed before in this run is not hashed again."""
        known = self._known_tokens.get(id(value))
        token = known[1] if known is not None and known[0] is value else token_of(value, root)
        if token is not None:
            self._watching.content(value, token, root)
        return token

    # --- modules -------------------------------------------------------------------------------

    def _module(self, module: ModuleType) -> str:
        """Return what a module used as a value means: of the project, everything in it."""
        if owner_of_module(module.__name__) is not Owner.PROJECT:
            return self._foreign(module, module.__name__)
        known = self._met(id(module))
        return known or self._begin(module, f"code.{space_name(vars(module))}", "code", self._read_module)

    def _read_module(self, part: Part, module: ModuleType) -> None:
        space = vars(module)
        for name in sorted(space):
            found = self._lookup.follow(space, (name,))
            if found is not None:
                part.meanings.append((name, self._variable(found)))

    # --- functions -----------------------------------------------------------------------------

    def _function(self, function: FunctionType, place: str, root: str) -> str:
        known = self._met(id(function))
        if known is not None:
            return known
        code, module = function.__code__, str(function.__globals__.get("__name__", ""))
        ours = owner_of_module(module) is Owner.RECOUP
        if not ours and owner_of_file(code.co_filename) is Owner.PROJECT:
            name = f"code.{module_name_of_code(code.co_filename, module)}.{_COMPREHENSION.sub('', code.co_qualname)}"
            if code.co_name == "<lambda>":
                name += f"~{piece_of_function(function).digest.hex()[:8]}"
            return self._begin(function, name, "function", self._read_function)
        carried = list(self._carried(function, place, root))
        meaning = self._foreign(function, module)
        return _combined(meaning, carried) if carried else meaning

    def _carried(self, function: FunctionType, place: str, root: str) -> Iterator[tuple[str, str]]:
        """Yield the code inside a library's closure: what its decorator was given."""
        if id(function) in self._open:
            return
        self._open.add(id(function))
        contents = {name: content_of(cell) for name, cell in cells_of(function).items()}
        for name, content in {**contents, "__wrapped__": vars(function).get("__wrapped__")}.items():
            if is_code(content) or holds_code(content):
                yield name, self._inside(content, place, root)
        self._open.discard(id(function))

    def _read_function(self, part: Part, function: FunctionType) -> None:
        piece = piece_of_function(function)
        part.content, part.source = piece.digest, piece.source
        if function is not self._root:  # the root is compared by whoever asks, and should not be kept alive
            self._watching.function(function)
        self._read_names(part, piece, function.__globals__, cells_of(function))
        cls = self._lookup.class_around(function)
        if cls is not None:
            part.meanings.append(("class", self._class(cls)))
        root = root_of(function.__globals__)
        for name, value in defaults_of(function):
            part.meanings.append((f"{name}=", self._inside(value, f"{part.name}.{name}", root)))
        for name, value in list(vars(function).items()):
            if name == "__wrapped__":
                part.meanings.append((name, self._inside(value, part.name, root)))
            elif not is_dunder(name):
                self._watching.name(vars(function), name, value, number=id(function))
                self._read_attribute(part, function, name, value, root)

    def _read_names(self, part: Part, piece: Piece, space: dict[str, Any], cells: dict[str, CellType]) -> None:
        for chain in piece.names.reads:
            if chain[0] in cells:
                self._read_cell(part, chain[0], cells[chain[0]], root_of(space))
                continue
            found = self._lookup.follow(space, chain)
            if found is not None:
                part.meanings.append((".".join(chain), self._variable(found)))
                if found.rest:
                    self._read_rest(part, found)
            if _names_by_text(chain, found):
                self.uncovered[part.name] = f"it calls {'.'.join(chain)}(), and what that names by a text is not followed"
        for statement in piece.names.imports:
            self._read_import(part, statement, space)
        if self._runs:
            self._changes.note(piece.names, space, cells)
        self._read_defining(part, piece, space)

    def _read_rest(self, part: Part, found: Found) -> None:
        """Read what is behind an attribute of something that is no module of the project."""
        if is_class(found.value) and found.rest[0] == "__subclasses__":
            for cls in _below(found.value):
                part.meanings.append(("subclass", self._class(cls)))
        elif self._runs and owner_of_type(found.value) is Owner.PROJECT:
            self._called[id(found.value)].add(found.rest[0])

    def _read_defining(self, part: Part, piece: Piece, space: dict[str, Any]) -> None:
        """Read what was only called to make a function or class: a decorator that keeps it in a registry."""
        runs, self._runs = self._runs, False
        for chain in piece.names.defining:
            found = self._lookup.follow(space, chain)
            if found is not None:
                part.meanings.append((".".join(chain), self._variable(found)))
        self._runs = runs

    def _read_cell(self, part: Part, name: str, cell: CellType, root: str) -> None:
        value = content_of(cell)
        if value is not UNBOUND:
            self._watching.cell(cell)
            part.meanings.append((name, self._named(value, (id(cell), ""), f"{part.name}.{name}", root)))

    def _read_import(self, part: Part, statement: Import, space: dict[str, Any]) -> None:
        module = absolute_name(statement, space)
        written = ".".join((f"import {module}", *statement.chain))
        owner = owner_of_module(module)
        if owner is Owner.LIBRARY:
            part.meanings.append((written, f"{self._package(module)}:{module}"))
        elif owner is Owner.PROJECT and not statement.bare:
            found = self._lookup.follow_import(module, statement.chain)
            if found is not None:
                part.meanings.append((written, self._variable(found)))
            elif file_of_module(module) is None:
                part.meanings.append((written, "not installed"))
            else:
                self.uncovered[f"code.{module}"] = "it is there and cannot be imported"

    def _variable(self, found: Found) -> str:
        return self._named(found.value, found.variable, found.place, root_of(found.space))

    # --- classes -------------------------------------------------------------------------------

    def _class(self, cls: type) -> str:
        if owner_of_module(cls.__module__) is not Owner.PROJECT:
            return self._foreign(cls, cls.__module__)
        known = self._met(id(cls))
        return known or self._begin(
            cls, f"code.{space_name(globals_of_class(cls))}.{cls.__qualname__}", "class", self._read_class
        )

    def _read_class(self, part: Part, cls: type) -> None:
        view = view_of_class(cls)
        if view.piece is not None:
            part.content, part.source = view.piece.digest, view.piece.source
            self._read_names(part, view.piece, view.space, view.cells)
        root = root_of(view.space)
        for base in (*cls.__bases__, type(cls)):
            part.meanings.append(("base", self._inside(base, part.name, root)))
        for name, method in view.added:
            part.meanings.append((name, self._inside(method, f"{part.name}.{name}", root_of(method.__globals__))))
        for method in view.written:
            self._watching.function(method)
        for name, value in view.names:
            self._watching.name(vars(cls), name, value, number=id(cls))
        self._watching.size(vars(cls))
        for name, value in view.attributes:
            self._read_attribute(part, cls, name, value, root)

    def _read_attribute(self, part: Part, owner: Any, name: str, value: Any, root: str) -> None:
        """Read the value of an attribute; whether it counts is settled when it is known what the program changes."""
        covered, self.uncovered = self.uncovered, {}
        meaning = self._inside(value, f"{part.name}.{name}", root)
        self.uncovered, uncovered = covered, self.uncovered
        self._attributes.append((part, owner, name, value, meaning, uncovered))

    # --- wrappers and containers -----------------------------------------------------------------

    def _wrapper(self, value: Any, place: str, root: str) -> str:
        """Return what a task, an `lru_cache` or another object around a function means."""
        if id(value) in self._open:
            return "cycle"
        self._open.add(id(value))
        meaning = self._inside(value.__wrapped__, place, root)
        owner = owner_of_type(value)
        if owner is not Owner.RECOUP:
            state = members_of(value) if owner is Owner.PROJECT else []
            pairs = [
                (n, self._inside(v, f"{place}.{n}", root)) for n, v in state if not is_dunder(n) and v is not value.__wrapped__
            ]
            meaning = _combined(self._inside(type(value), place, root), [("", meaning), *pairs])
        self._open.discard(id(value))
        return meaning

    def _container(self, value: Any, place: str, root: str) -> str:
        """Return what a container or instance with code in it means: the code by name, all else by token."""
        if id(value) in self._open:
            return "cycle"
        self._open.add(id(value))
        self._held.append(value)
        is_instance = owner_of_type(value) is Owner.PROJECT
        own_state = self._own_state.get(id(value), frozenset())
        token = self._token(value, root) if is_instance and not own_state else None
        pairs = [("", self._inside(type(value), place, root)), ("", token.hex() if token else "")]
        if token is None:
            self._watching.container(value, own_state)
        for key, member in members_of(value):
            if key in own_state:
                self.uncovered[f"{place}.{key}"] = _CHANGED
            elif token is None or is_code(member) or holds_code(member):
                label = key if isinstance(key, str) else (token_of(key, root) or b"").hex()
                pairs.append((f".{label}", self._inside(member, f"{place}.{label}", root)))
        self._open.discard(id(value))
        ordered = not isinstance(value, dict | set | frozenset)
        return _combined("container", pairs if ordered else sorted(pairs))

    # --- bookkeeping -----------------------------------------------------------------------------

    def _begin(self, value: Any, name: str, kind: Any, read: Callable[[Part, Any], None]) -> str:
        """Name a piece of code that was met for the first time, and read it later."""
        self._held.append(value)
        part = self.parts.begin(id(value), name, kind)
        if not self._leaves_out(part.name):
            reading = functools.partial(read, part, value)
            self._waiting.append((self._runs, reading))
            self._remember(id(value), reading)
        return part.name

    def _leaves_out(self, name: str) -> bool:
        """Say whether a part was subtracted from the policy: neither it counts nor what only it reaches."""
        if name in self._without:
            self.left_out.add(name)
            return True
        return False

    def _remember(self, key: Variable | int, reading: Callable[[], object]) -> None:
        """Remember how to read again what was met where something is made, should the program run it too."""
        if not self._runs:
            self._only_made.add(key)
            self._reads[key] = reading

    def _met(self, key: Variable | int) -> str | None:
        """Return the name of what was met before. What now turns out to be run by the program is read once more."""
        if self._runs and key in self._only_made:
            self._only_made.discard(key)
            self._waiting.append((True, self._reads.pop(key)))
        return self.parts.name_of(key)

    def _settle_attribute(self, part: Part, owner: Any, name: str, value: Any, meaning: str, uncovered: dict[str, str]) -> None:
        """Add the value of an attribute of a class or function, unless the program changes it as it runs."""
        if name in self._changes.attributes:
            self._changes.add((id(owner), name), value)
            return
        part.meanings.append((f".{name}", meaning))
        if not part.content or not is_class(
            owner
        ):  # otherwise the expression behind the attribute is part of the class statement
            self.uncovered |= uncovered

    def _settle(self, part: Part, value: Any, root: str, variable: Variable) -> None:
        """Keep a constant by value, or say that it is not covered."""
        if self._changes.include(variable, value):
            self.uncovered[part.name] = _CHANGED
        elif own_state := self._changed_members(value):
            self._own_state[id(value)] = own_state
            for each in (value, *(member for _, member in members_of(value))):
                self._watching.forget(each)
            part.content = token_of_digest(digest_of_texts(self._inside(value, part.name, root)))
        elif not part.content:
            meaning = self._data(value, part.name, root)
            part.content = b"" if meaning == _UNSTABLE else bytes.fromhex(meaning)
        if part.name in self.uncovered:
            del self.parts[part.name]
            self.left_out.discard(part.name)
        else:
            part.text = describe(value, part.name.rpartition(".")[2])

    def _changed_members(self, value: Any) -> frozenset[str]:
        """Return the attributes of an instance that the program changes as it runs, by its methods or from outside."""
        by_methods = changed_by(type(value), self._called[id(value)]) if id(value) in self._called else frozenset[str]()
        return by_methods | self._changes.members.get(id(value), frozenset())


def _names_by_text(chain: Chain, found: Found | None) -> bool:
    """Say whether a chain means a function that finds code by a text."""
    if found is None:
        return chain in _BY_TEXT
    return getattr(found.value, "__name__", "") == "import_module" or (
        isinstance(found.value, ModuleType) and (found.value.__name__, *found.rest) in _BY_TEXT
    )


_BY_TEXT = {
    ("__import__",), ("eval",), ("exec",), ("globals",), ("importlib", "import_module"), ("runpy", "run_module"),
    ("runpy", "run_path"), ("sys", "modules"), ("importlib", "metadata", "entry_points"),
}  # fmt: skip


def _place_of(thing: Any) -> str:
    """Return by what the things that arguments carry are sorted, so that equal names are numbered alike."""
    if isinstance(thing, str):
        return thing
    return f"{module_of(thing)}:{getattr(thing, '__qualname__', '') or getattr(thing, '__name__', '')}"


def _below(cls: type) -> Iterator[type]:
    """Yield the subclasses of a class at any depth, in the order of their names."""
    below: list[type] = type.__subclasses__(cls)
    for subclass in sorted(below, key=_place_of):
        yield subclass
        yield from _below(subclass)


def _combined(head: str, pairs: list[tuple[str, str]]) -> str:
    return digest_of_texts(head, *(text for pair in pairs for text in pair)).hex()
