"""Inheritance of audiences: `extends: _base_loyalty` lays an audience over audiences/_base_loyalty.yaml, key by key.

What an audience says itself stands before what its base says. Mappings are joined by key; rules and exclusions are joined by
name, and one of the same name takes the place of the base's; everything else replaces. `remove` names what
is left out of the base. Every value keeps the file and the line that it was written in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.policy_problem import Problem, listed
from assets.policy_yaml import Document, KeyPath
from schemas.names import nearest_of
from schemas.policy.audiences import AudiencePolicy

FOLDER = "audiences/"
BASE_PREFIX = "_"
JOINED_BY_KEY = ("parameters", "parameters_by", "channels_by_brand", "message_by_brand")
OF_ONE_AUDIENCE = ("audience", "code")


@dataclass(frozen=True)
class Node:
    """A value of YAML with its place: a scalar, a mapping of nodes or a list of nodes."""

    value: Any
    file: str
    line: int
    path: KeyPath = ()

    def get(self, key: str) -> "Node | None":
        """The node at a key of a mapping, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None


def is_base(name: str) -> bool:
    """Whether a file, named as in the documents, is a base of audiences: its name begins with an underscore."""
    return name.startswith(FOLDER + BASE_PREFIX)


def with_bases(
    documents: Mapping[str, Document], unread: frozenset[str] = frozenset()
) -> tuple[dict[str, Document], list[Problem]]:
    """Every audience laid over its bases, without the bases themselves, and what cannot be laid.

    `unread` are files that could not be read; their problem is told already. An audience with such a base is left out.
    """
    bases = {name.removeprefix(FOLDER): _tree(one) for name, one in documents.items() if is_base(name)}
    problems = [problem for base in bases.values() for problem in _of_base(base)]
    found: dict[str, Document] = {}
    for name, document in documents.items():
        if is_base(name):
            continue
        if not name.startswith(FOLDER) or "extends" not in document.content:
            found[name] = document
            continue
        laid = _laid(_tree(document), bases, unread, (), problems)
        if laid is not None:
            found[name] = _document(laid)
    return found, list(dict.fromkeys(problems))


def _of_base(base: Node) -> Iterator[Problem]:
    """A base may say what an audience says, but for the name and the code, of which each audience has its own."""
    known = sorted(set(AudiencePolicy.model_fields) - set(OF_ONE_AUDIENCE))
    for key, node in base.value.items():
        if key in OF_ONE_AUDIENCE:
            yield Problem(node.file, node.line, key, f"the key {key!r} in a base", "it in each audience that extends the base")
        elif key not in known:
            yield Problem(node.file, node.line, key, f"the unknown key {key!r}", listed(known), nearest_of(key, known))


def _laid(
    own: Node, bases: Mapping[str, Node], unread: frozenset[str], above: tuple[str, ...], problems: list[Problem]
) -> Node | None:
    """A node laid over its chain of bases, or None with the problem added where the chain is broken."""
    named = own.get("extends")
    if named is None:
        return own
    base = named.value
    if isinstance(base, str) and base in above:
        circle = " -> ".join([*above[above.index(base) :], base])
        problems.append(Problem(named.file, named.line, "extends", f"a circle, {circle}", "bases that end somewhere"))
        return None
    if not isinstance(base, str) or base not in bases:
        if f"{FOLDER}{base}" not in unread:
            near = nearest_of(base, bases)
            expected = f"{listed(bases)}, the files audiences/_*.yaml" if bases else "a file audiences/_<name>.yaml"
            problems.append(Problem(named.file, named.line, "extends", f"the unknown base {base!r}", expected, near))
        return None
    below = _laid(bases[base], bases, unread, (*above, base), problems)
    return None if below is None else _joined(_without(below, own, problems), own)


def _without(base: Node, own: Node, problems: list[Problem]) -> Node:
    """The base less what the audience removes from it. To remove what is not there is a mistake."""
    removal = own.get("remove")
    parts = dict(base.value)
    for part, names in (removal.value if removal and isinstance(removal.value, dict) else {}).items():
        for name in names.value if isinstance(names.value, list) else ():
            there = _names_in(parts.get(part))
            if name.value not in there:
                found = f"{name.value!r}, which is not there to be removed"
                expected, near = listed(there), nearest_of(name.value, there)
                problems.append(Problem(name.file, name.line, f"remove.{part}", found, expected, near))
            elif part in parts:
                parts[part] = _less(parts[part], name.value)
    return Node(parts, base.file, base.line, base.path)


def _names_in(part: Node | None) -> list[str]:
    if part is None:
        return []
    if isinstance(part.value, dict):
        nest = part.get("all")
        return [str(one) for one in part.value] if nest is None else _names_in(nest)
    if isinstance(part.value, list):
        return [name for name in map(_name, part.value) if name is not None]
    return []


def _less(part: Node, name: str) -> Node:
    if isinstance(part.value, list):
        return Node([one for one in part.value if _name(one) != name], part.file, part.line, part.path)
    nest = part.get("all")
    if nest is None:
        return Node({key: one for key, one in part.value.items() if key != name}, part.file, part.line, part.path)
    return Node({**part.value, "all": _less(nest, name)}, part.file, part.line, part.path)


def _name(node: Node) -> str | None:
    """What an entry of a list is called: its own name, or itself where it is a word."""
    named = node.get("name") if isinstance(node.value, dict) else node
    return named.value if named is not None and isinstance(named.value, str) else None


def _joined(base: Node, own: Node) -> Node:
    joins: dict[str, Callable[[Node, Node], Node]] = dict.fromkeys(JOINED_BY_KEY, _by_key)
    joins |= {"exclusions": _by_name, "rules": _rules}
    parts = {key: node for key, node in base.value.items() if key != "remove"}
    for key, node in own.value.items():
        parts[key] = joins[key](parts[key], node) if key in joins and key in parts else node
    return Node(parts, own.file, own.line, own.path)


def _by_key(base: Node, own: Node) -> Node:
    if not isinstance(base.value, dict) or not isinstance(own.value, dict):
        return own
    parts = dict(base.value)
    for key, node in own.value.items():
        parts[key] = _by_key(parts[key], node) if key in parts else node
    return Node(parts, own.file, own.line, own.path)


def _by_name(base: Node, own: Node) -> Node:
    if not isinstance(base.value, list) or not isinstance(own.value, list):
        return own
    theirs = {_name(one): one for one in own.value if _name(one) is not None}
    kept = [theirs.get(_name(one), one) for one in base.value]
    there = {_name(one) for one in base.value} - {None}
    return Node(kept + [one for one in own.value if _name(one) not in there], own.file, own.line, own.path)


def _rules(base: Node, own: Node) -> Node:
    """What the audience asks, then what its base asks, all of it: the moment is the first reason that members show."""
    shared, asked = _asked(base), _asked(own)
    if shared is None or asked is None:
        return own
    mine = {_name(one) for one in asked} - {None}
    asked = [*asked, *(one for one in shared if _name(one) not in mine)]
    return Node({"all": Node(asked, own.file, own.line, own.path)}, own.file, own.line, own.path)


def _asked(rules: Node) -> list[Node] | None:
    """The members of a nest that asks for all of them; any other condition is the only member."""
    if not isinstance(rules.value, dict):
        return None
    nest = rules.get("all")
    if nest is None or len(rules.value) > 1:
        return [rules]
    return nest.value if isinstance(nest.value, list) else None


def _tree(document: Document) -> Node:
    return _node(document.content, (), document)


def _node(value: Any, path: KeyPath, document: Document) -> Node:
    inner: Any = value
    if isinstance(value, dict):
        inner = {key: _node(one, (*path, key), document) for key, one in value.items()}
    elif isinstance(value, list):
        inner = [_node(one, (*path, at), document) for at, one in enumerate(value)]
    return Node(inner, document.file, document.line(path), path)


def _document(node: Node) -> Document:
    """The content of a tree, with the line of each key, and its file where that is another one."""
    lines: dict[KeyPath, int] = {}
    written: dict[KeyPath, tuple[str, KeyPath]] = {}

    def plain(one: Node, path: KeyPath) -> Any:
        if path:
            lines[path] = one.line
            written[path] = (one.file, one.path or path)
        if isinstance(one.value, dict):
            return {key: plain(child, (*path, key)) for key, child in one.value.items()}
        if isinstance(one.value, list):
            return [plain(child, (*path, at)) for at, child in enumerate(one.value)]
        return one.value

    content = plain(node, ())
    elsewhere = {path: place for path, place in written.items() if place != (node.file, path)}
    return Document(node.file, content, lines, elsewhere)
