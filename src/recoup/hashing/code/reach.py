"""Walks from a function to all project code, constants and packages that it can reach by name.

What is found becomes parts with unique names. A part says what it is in itself (`content`) and what each of the
names in it means (`meanings`: the name of another part, or what a library thing is called). So the set of parts
is an exact description of the reachable program: swapping two helpers behind the same names changes the meanings,
editing one changes its content.
"""

from __future__ import annotations

import builtins
import enum
import functools
import importlib.util
import inspect
import sys
import types
import typing
from collections import Counter, deque
from dataclasses import dataclass, field
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Literal

from blake3 import blake3

from recoup.hashing.code.constants import text_of, token_of
from recoup.hashing.code.owners import Owner, module_name_of_code, owner_of_file, owner_of_module, stable_name
from recoup.hashing.code.packages import package_of_module
from recoup.hashing.code.pieces import Piece, methods_of, piece_of_class, piece_of_function
from recoup.hashing.code.unwrapping import is_wrapper
from recoup.hashing.code.watch import WatchList
from recoup.project import file_module_path, is_project_file, project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from recoup.hashing.code.names import Chain, Import

Kind = Literal["function", "class", "constant", "package", "code"]

_MISSING = object()
_UNSTABLE = "?"
_MOST_MEMBERS = 10_000


@dataclass(slots=True)
class Part:
    """One reached piece of the program."""

    name: str
    kind: Kind
    content: bytes = b""
    meanings: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    source: Callable[[], str] = str


@dataclass(slots=True)
class Found:
    """What a chain of names led to: `name` in `space` holds `value`; `rest` are attributes that were not followed."""

    value: Any
    space: Mapping[str, Any]
    name: str
    rest: Chain = ()


class Reach:
    """One walk. `parts`, `uncovered` and `watched` are its results."""

    def __init__(self, root: Any) -> None:
        self.parts: dict[str, Part] = {}
        self.uncovered: set[str] = set()
        self._watching = WatchList()
        self._root = root
        self._names: dict[int | tuple[int, str], str] = {}
        self._taken: Counter[str] = Counter()
        self._waiting: deque[Callable[[], None]] = deque()
        self._held: list[Any] = []  # so that no id is used twice during the walk
        self._open: set[int] = set()
        self._constants: dict[str, tuple[Any, str, tuple[int, str]]] = {}
        self._changed_names: set[tuple[int, str]] = set()
        self._changed_values: set[int] = set()
        self._changed_attributes: set[str] = set()
        self._attributes: list[tuple[Part, type]] = []

        self.name = self._embed(root, "code.root", "")
        while self._waiting:
            self._waiting.popleft()()
        for part, cls in self._attributes:
            self._class_attributes(part, cls)
            while self._waiting:
                self._waiting.popleft()()
        for name in list(self._constants):
            self._settle(name)
        self.watch = self._watching.watch(self._changed_names, self._changed_values)

    # --- what a value means ------------------------------------------------------------------

    def _refer(self, value: Any, key: tuple[int, str], place: str, root: str) -> str:
        """Return what a name for `value` means; data becomes a constant called `place`."""
        meaning = self._code(value, place, root)
        if meaning is not None:
            return meaning
        if key not in self._names:
            name = self._names[key] = self._claim(place)
            self._constants[name] = value, root, key
            part = self.parts[name] = Part(name, "constant")
            if self._holds_code(value):
                part.content = self._composite(value, name, root).encode()
        return self._names[key]

    def _embed(self, value: Any, place: str, root: str) -> str:
        """Return what `value` means inside something else; data is there by its token."""
        meaning = self._code(value, place, root)
        if meaning is not None:
            return meaning
        return self._composite(value, place, root) if self._holds_code(value) else self._data(value, place, root)

    def _data(self, value: Any, place: str, root: str) -> str:
        token = token_of(value, root)
        if token is None:
            self.uncovered.add(place)
            return _UNSTABLE
        self._watching.content(value, token, root)
        owner = owner_of_module(type(value).__module__)
        if owner is Owner.LIBRARY:
            self._package(type(value).__module__)
        return token.hex()

    def _code(self, value: Any, place: str, root: str) -> str | None:
        """Return what code (functions, classes, modules, what wraps them) means, `None` for data."""
        if isinstance(value, ModuleType):
            return self._module(value)
        if isinstance(value, FunctionType):
            return self._function(value, place, root)
        if isinstance(value, type) and not isinstance(value, types.GenericAlias):
            return self._class(value)
        if is_wrapper(value):
            return self._wrapper(value, place, root)
        if isinstance(value, _BUILTIN):
            return self._foreign(value)
        members = _members_of_callable(value)
        if members is not None:
            return self._combined(
                type(value).__name__, [(label, self._embed(m, f"{place}.{label}", root)) for label, m in members]
            )
        if owner_of_module(type(value).__module__) is Owner.RECOUP or type(value).__module__ == "typing":
            return f"{type(value).__module__.partition('.')[0]}:{type(value).__qualname__}"
        return None

    def _foreign(self, value: Any, module: str | None = None) -> str:
        """Return what a thing of a library or of Python is called, noting the package."""
        module = module or _module_of(value)
        name = stable_name(value)
        if owner_of_module(module) is Owner.LIBRARY:
            return f"{self._package(module)}:{name}"
        return name

    def _package(self, module: str) -> str:
        package = package_of_module(module)
        name = f"package.{package.name}"
        if name not in self.parts:
            content = f"{package.version}+{package.contents}" if package.contents else package.version
            self.parts[name] = Part(name, "package", content.encode(), text=content)
        return name

    # --- modules -----------------------------------------------------------------------------

    def _module(self, module: ModuleType) -> str:
        """Return what a module used as a value means: of the project, everything in it."""
        if owner_of_module(module.__name__) is not Owner.PROJECT:
            return self._foreign(module, module.__name__)
        known = self._names.get(id(module))
        if known is None:
            known = self._begin(
                module, f"code.{_space_name(vars(module))}", "code", lambda part: self._module_members(part, module)
            )
        return known

    def _module_members(self, part: Part, module: ModuleType) -> None:
        for name, value in sorted(vars(module).items()):
            if not _is_dunder(name):
                found = Found(value, vars(module), name)
                part.meanings.append((name, self._meaning(found)))
                self._watching.name(vars(module), name, value)

    # --- functions ---------------------------------------------------------------------------

    def _function(self, function: FunctionType, place: str, root: str) -> str:
        code = function.__code__
        owner = owner_of_file(code.co_filename)
        module = function.__globals__.get("__name__") or ""
        if owner_of_module(module) is Owner.RECOUP:
            owner = Owner.RECOUP
        if owner is Owner.PROJECT:
            known = self._names.get(id(function))
            if known is None:
                base = f"code.{module_name_of_code(code.co_filename, module)}.{code.co_qualname}"
                if "<lambda>" in code.co_qualname:
                    base += f"~{piece_of_function(function).digest.hex()[:8]}"
                known = self._begin(function, base, "function", lambda part: self._read_function(part, function))
            return known
        meaning = self._foreign(function, module)
        return self._combined(meaning, list(self._carried(function, place, root))) if _carries_code(function) else meaning

    def _carried(self, function: FunctionType, place: str, root: str) -> Iterator[tuple[str, str]]:
        """Yield the project code inside a library's function: what a decorator was given."""
        if id(function) in self._open:
            return
        self._open.add(id(function))
        for name, content in {**_cells_of(function), "__wrapped__": vars(function).get("__wrapped__")}.items():
            if content is not None and (_is_code(content) or self._holds_code(content)):
                yield name, self._embed(content, place, root)
        self._open.discard(id(function))

    def _read_function(self, part: Part, function: FunctionType) -> None:
        piece = piece_of_function(function)
        part.content, part.source = piece.digest, piece.source
        if function is not self._root:
            self._watching.function(function)
        self._read_names(part, piece, function.__globals__, dict(_raw_cells_of(function)))
        root = _root_of(function.__globals__)
        for name, value in _defaults_of(function):
            part.meanings.append((f"{name}=", self._embed(value, f"{part.name}.{name}", root)))
        wrapped = vars(function).get("__wrapped__")
        if wrapped is not None:
            part.meanings.append(("__wrapped__", self._embed(wrapped, part.name, root)))

    def _read_names(self, part: Part, piece: Piece, space: dict[str, Any], cells: dict[str, Any]) -> None:
        for chain in piece.names.reads:
            if chain[0] in cells:
                self._read_cell(part, chain, cells[chain[0]], space)
                continue
            found = self._follow(space, chain)
            if found is not None:
                part.meanings.append((".".join(chain), self._meaning(found)))
        for statement in piece.names.imports:
            self._read_import(part, statement, space)
        for chain in piece.names.changes:
            self._note_change(space, chain, cells)
        self._changed_attributes |= piece.names.changed_attributes

    def _read_cell(self, part: Part, chain: Chain, cell: Any, space: dict[str, Any]) -> None:
        try:
            value = cell.cell_contents
        except ValueError:
            return  # not bound yet
        self._watching.cell(cell)
        key = (id(cell), "")
        part.meanings.append((chain[0], self._refer(value, key, f"{part.name}.{chain[0]}", _root_of(space))))

    def _read_import(self, part: Part, statement: Import, space: dict[str, Any]) -> None:
        module = _absolute(statement.module, statement.level, space)
        written = f"import {module} {'.'.join(statement.chain)}"
        owner = owner_of_module(module)
        if owner is Owner.LIBRARY:
            part.meanings.append((written, f"{self._package(module)}:{module}"))
        elif owner is Owner.PROJECT and not statement.bare:
            found = self._follow_import(module, statement.chain)
            if found is None:
                self.uncovered.add(f"code.{module}")
            else:
                part.meanings.append((written, self._meaning(found)))

    def _meaning(self, found: Found) -> str:
        place = f"code.{_space_name(found.space)}.{found.name}"
        return self._refer(found.value, (id(found.space), found.name), place, _root_of(found.space))

    # --- names -------------------------------------------------------------------------------

    def _follow(self, space: dict[str, Any], chain: Chain) -> Found | None:
        """Look up a chain of names from `space` on, through modules of the project."""
        name, rest = chain[0], chain[1:]
        if _is_dunder(name):
            return None  # `__name__` and `__file__` depend on how the program was started
        value = space.get(name, _MISSING)
        if value is _MISSING:
            self._watching.absence(space, name)
            return None
        self._watching.name(space, name, value)
        return self._descend(Found(value, space, name, rest))

    def _follow_import(self, module: str, chain: Chain) -> Found | None:
        found = _import(module)
        if found is None:
            return None
        return self._descend(Found(found, sys.modules, module, chain))

    def _descend(self, found: Found) -> Found | None:
        while found.rest and isinstance(found.value, ModuleType) and owner_of_module(found.value.__name__) is Owner.PROJECT:
            module, name = found.value, found.rest[0]
            value = vars(module).get(name, _MISSING)
            if value is _MISSING:
                value = _import(f"{module.__name__}.{name}") or getattr(module, name, _MISSING)
            else:
                self._watching.name(vars(module), name, value)
            if value is _MISSING or _is_dunder(name):
                return None
            found = Found(value, vars(module), name, found.rest[1:])
        return found

    def _note_change(self, space: dict[str, Any], chain: Chain, cells: dict[str, Any]) -> None:
        """Remember that reached code changes what `chain` names."""
        if chain[0] in cells:
            self._changed_names.add((id(cells[chain[0]]), ""))
            return
        found = self._follow(space, chain)
        if found is None or isinstance(found.value, ModuleType | type) or found.rest:
            return
        self._changed_names.add((id(found.space), found.name))
        self._changed_values.add(id(found.value))

    # --- classes -----------------------------------------------------------------------------

    def _class(self, cls: type) -> str:
        if owner_of_module(cls.__module__) is not Owner.PROJECT:
            return self._foreign(cls, cls.__module__)
        known = self._names.get(id(cls))
        if known is None:
            space = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {"__name__": cls.__module__}
            base = f"code.{_space_name(space)}.{cls.__qualname__}"
            known = self._begin(cls, base, "class", lambda part: self._read_class(part, cls, space))
        return known

    def _read_class(self, part: Part, cls: type, space: dict[str, Any]) -> None:
        piece = piece_of_class(cls, _file_of_class(cls, space))
        if piece is not None:
            part.content, part.source = piece.digest, piece.source
            cells = {name: cell for method in methods_of(cls) for name, cell in _raw_cells_of(method)}
            self._read_names(part, piece, space, cells)
        root = _root_of(space)
        for base in (*cls.__bases__, type(cls)):
            part.meanings.append(("base", self._embed(base, part.name, root)))
        for name, value in vars(cls).items():
            methods = [f for f in _callables(value) if isinstance(f, FunctionType)]
            if methods or not _is_dunder(name):
                self._watching.name(vars(cls), name, value, number=id(cls))
            for method in methods:
                if piece is not None and _is_written_in(method, cls, space):
                    self._watching.function(method)
                elif piece is None or not method.__code__.co_filename.startswith("<"):
                    part.meanings.append((name, self._embed(method, f"{part.name}.{name}", root)))
        self._attributes.append((part, cls))

    def _class_attributes(self, part: Part, cls: type) -> None:
        """Add the values of class attributes, now that it is known which of them the program changes."""
        space = vars(sys.modules.get(cls.__module__, builtins))
        if issubclass(cls, enum.Enum):
            values: dict[str, Any] = {name: member._value_ for name, member in cls.__members__.items()}
        else:
            values = {name: value for name, value in vars(cls).items() if not _is_dunder(name) and not name.startswith("_abc_")}
        for name, value in sorted(values.items()):
            if name in self._changed_attributes:
                self._changed_names.add((id(cls), name))
                self._changed_values.add(id(value))
            elif not _callables(value) and not inspect.isdatadescriptor(value):
                known = self.uncovered.copy()
                meaning = self._embed(value, f"{part.name}.{name}", _root_of(space))
                self.uncovered = known if part.content else self.uncovered  # its expression is part of the class's syntax
                part.meanings.append((f".{name}", meaning))

    # --- wrappers and containers ---------------------------------------------------------------

    def _wrapper(self, value: Any, place: str, root: str) -> str:
        """Return what a task, an `lru_cache` or another object around a function means."""
        wrapped = self._embed(value.__wrapped__, place, root)
        owner = owner_of_module(type(value).__module__)
        if owner is Owner.RECOUP:
            return wrapped
        pairs = [("", wrapped)]
        if owner is Owner.PROJECT and id(value) not in self._open:
            self._open.add(id(value))
            state = sorted((k, v) for k, v in vars(value).items() if k != "__wrapped__" and v is not value.__wrapped__)
            pairs += [(name, self._embed(item, f"{place}.{name}", root)) for name, item in state if name not in _COPIED]
            self._open.discard(id(value))
        return self._combined(self._embed(type(value), place, root), pairs)

    def _holds_code(self, value: Any) -> bool:
        """Say whether there are functions, classes, modules or instances of project classes in a container."""
        waiting, seen = [value], set()
        while waiting and len(seen) < _MOST_MEMBERS:
            item = waiting.pop()
            if id(item) in seen:
                continue
            seen.add(id(item))
            if _is_code(item) or owner_of_module(type(item).__module__) is Owner.PROJECT:
                return True
            waiting += _items(item)
        return False

    def _composite(self, value: Any, place: str, root: str) -> str:
        """Return what a container or instance means: its structure, with the code in it by name."""
        if id(value) in self._open:
            return "cycle"
        self._open.add(id(value))
        self._held.append(value)
        pairs: list[tuple[str, str]] = []
        if owner_of_module(type(value).__module__) is Owner.PROJECT:
            pairs.append(("class", self._embed(type(value), place, root)))
        token = token_of(value, root) if pairs else None
        if token is not None:
            pairs.append(("state", token.hex()))
            self._watching.content(value, token, root)
        else:
            self._watching.container(value)
        for label, item in _labelled(value):
            if token is None or _is_code(item) or self._holds_code(item):
                pairs.append((label, self._embed(item, f"{place}.{label}", root)))
        self._open.discard(id(value))
        return self._combined(type(value).__qualname__, sorted(pairs) if isinstance(value, dict | set | frozenset) else pairs)

    def _combined(self, head: str, pairs: list[tuple[str, str]]) -> str:
        return blake3(_framed(head, *(text for pair in pairs for text in pair))).hexdigest()

    # --- bookkeeping ---------------------------------------------------------------------------

    def _begin(self, value: Any, base: str, kind: Kind, read: Callable[[Part], None]) -> str:
        """Name a newly met piece of code and read it later."""
        name = self._names[id(value)] = self._claim(base)
        self._held.append(value)
        part = self.parts[name] = Part(name, kind)
        self._waiting.append(functools.partial(read, part))
        return name

    def _claim(self, base: str) -> str:
        self._taken[base] += 1
        return base if self._taken[base] == 1 else f"{base}~{self._taken[base]}"

    def _settle(self, name: str) -> None:
        """Decide about a constant, now that it is known what the program changes."""
        value, root, key = self._constants[name]
        part = self.parts[name]
        if key in self._changed_names or id(value) in self._changed_values:
            self.uncovered.add(name)
            del self.parts[name]
        elif not part.content:
            meaning = self._data(value, name, root)
            if meaning == _UNSTABLE:
                del self.parts[name]
            else:
                part.content, part.text = bytes.fromhex(meaning), text_of(value)


# --- looking at values ---------------------------------------------------------------------------

_BUILTIN = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType,
)  # fmt: skip
_COPIED = frozenset({"__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "__type_params__"})
_GENERIC = (types.GenericAlias, types.UnionType, type(typing.List[int]))  # noqa: UP006 - the old kind is meant


def _members_of_callable(value: Any) -> list[tuple[str, Any]] | None:
    """Return what a partial, a bound method or a descriptor is made of; `None` for anything else."""
    match value:
        case functools.partial():
            return [("func", value.func), *((str(i), a) for i, a in enumerate(value.args)), *sorted(value.keywords.items())]
        case functools.partialmethod():
            return [("func", value.func), *((str(i), a) for i, a in enumerate(value.args)), *sorted(value.keywords.items())]
        case MethodType():
            return [("func", value.__func__), ("self", value.__self__)]
        case staticmethod() | classmethod():
            return [("func", value.__func__)]
        case functools.cached_property():
            return [("func", value.func)]
        case property():
            return [(name, f) for name in ("fget", "fset", "fdel") if (f := getattr(value, name)) is not None]
    if isinstance(value, _GENERIC):
        return [("origin", typing.get_origin(value)), *((str(i), a) for i, a in enumerate(typing.get_args(value)))]
    return None


def _is_code(value: Any) -> bool:
    return (
        isinstance(value, (FunctionType, type, ModuleType, *_BUILTIN))
        or is_wrapper(value)
        or _members_of_callable(value) is not None
    )


def _callables(value: Any) -> list[Any]:
    from recoup.hashing.code.unwrapping import functions_in

    return list(functions_in(value)) if _is_code(value) else []


def _carries_code(function: FunctionType) -> bool:
    return function.__closure__ is not None or "__wrapped__" in vars(function)


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict | types.MappingProxyType):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset | deque):
        return list(value)
    return []


def _labelled(value: Any) -> list[tuple[str, Any]]:
    """Return the members of a container or instance under stable labels."""
    if isinstance(value, dict | types.MappingProxyType):
        return [((token_of(key, "") or b"?").hex() if not isinstance(key, str) else key, item) for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return [("", item) for item in value]
    if isinstance(value, list | tuple | deque):
        return [(str(number), item) for number, item in enumerate(value)]
    return sorted(getattr(value, "__dict__", {}).items())


def _cells_of(function: FunctionType) -> dict[str, Any]:
    contents = {}
    for name, cell in _raw_cells_of(function):
        try:
            contents[name] = cell.cell_contents
        except ValueError:
            continue
    return contents


def _raw_cells_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    yield from zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)


def _defaults_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    defaults = function.__defaults__ or ()
    code = function.__code__
    yield from zip(code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount], defaults, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())


def _module_of(value: Any) -> str:
    owner = getattr(value, "__self__", None)
    if isinstance(owner, ModuleType):
        return owner.__name__
    module = getattr(value, "__module__", None) or getattr(getattr(value, "__objclass__", None), "__module__", None)
    return module if isinstance(module, str) else type(value).__module__


def _is_written_in(method: FunctionType, cls: type, space: Mapping[str, Any]) -> bool:
    code = method.__code__
    return code.co_filename == _file_of_class(cls, space) and code.co_qualname.startswith(cls.__qualname__ + ".")


def _file_of_class(cls: type, space: Mapping[str, Any]) -> str | None:
    """Return the file of a class: that of its methods, which is right in notebooks too, else its module's."""
    for method in methods_of(cls):
        if method.__code__.co_qualname.startswith(cls.__qualname__ + ".") and not method.__code__.co_filename.startswith(
            "<string"
        ):
            return method.__code__.co_filename
    file = space.get("__file__")
    return file if isinstance(file, str) else None


def _space_name(space: Mapping[str, Any]) -> str:
    """Return the dotted path of the module that has these globals."""
    file = space.get("__file__")
    return file_module_path(file) if isinstance(file, str) and is_project_file(file) else str(space.get("__name__", "__main__"))


def _root_of(space: Mapping[str, Any]) -> str:
    """Return the folder of the project that has these globals, empty if there is none."""
    from pathlib import Path

    file = space.get("__file__")
    return str(project_root(Path(file).absolute().parent)) if isinstance(file, str) and is_project_file(file) else ""


def _absolute(module: str, level: int, space: Mapping[str, Any]) -> str:
    if not level:
        return module
    package = space.get("__package__") or str(space.get("__name__", "")).rpartition(".")[0]
    try:
        return importlib.util.resolve_name("." * level + module, package)
    except ImportError:
        return module


def _import(name: str) -> ModuleType | None:
    """Return a module of the project, imported as its user is about to do."""
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except Exception:
        return None


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name != "__version__"


def _framed(*texts: str) -> bytes:
    return b"".join(b"%d:%b" % (len(data), data) for data in (text.encode("utf-8", "surrogatepass") for text in texts))
