"""What can be wrong with a model of identity: one class per mistake, each with what was found and what would be accepted.

Where in a file a mistake stands is told by assets/identity_model_files.py.
"""

from collections.abc import Iterable, Mapping, Sequence

from schemas.names import nearest_of, proposed


def nearest(name: str, accepted: Iterable[str]) -> str | None:
    """The accepted name most like the one found (difflib ratio from 0.6), else the only one that begins like it, else None."""
    known = sorted(accepted)
    begun = [one for one in known if name and one.lower().startswith(name.lower())]
    return nearest_of(name, known) or (begun[0] if len(begun) == 1 else None)


class IdentityMistake(ValueError):
    """One mistake. `found` and `expected` are phrases, `nearest` is the accepted name that was probably meant."""

    def __init__(self, found: str, expected: str, nearest: str | None = None) -> None:
        self.found = found
        self.expected = expected
        self.nearest = nearest
        super().__init__(f"found {found}; expected {expected}.{proposed(nearest)}")


class LanguageError(IdentityMistake):
    """A level or a blocking rule that cannot be read or does not fit. `text` is the whole of it."""

    def __init__(self, text: str, found: str, expected: str, nearest: str | None = None) -> None:
        self.text = text
        super().__init__(found, expected, nearest)


class UnknownMeasure(LanguageError):
    """A level that begins with no measure; `else` and `null` are implied and not written."""

    def __init__(self, text: str, name: str, accepted: Sequence[str]) -> None:
        self.name = name
        if name.lower() in ("else", "null", "none"):
            super().__init__(text, f"the level {text!r}", "no such line: the levels else and null are implied")
        else:
            super().__init__(text, f"the unknown level {text!r}", f"one of {', '.join(accepted)}", nearest(name, accepted))


class MeasureNumber(LanguageError):
    """A level whose sign or number is not that of its measure."""

    def __init__(self, text: str, example: str, bounds: str) -> None:
        self.bounds = bounds
        wanted = f"the form `{example}`, with {bounds}" if bounds else f"`{example}` alone, without a number"
        super().__init__(text, f"the level {text!r}", wanted)


class MeasureMisfit(LanguageError):
    """A level that values of the field's kind cannot reach."""

    def __init__(self, text: str, kind: str, fitting: Sequence[str], kinds: Sequence[str]) -> None:
        self.kind = kind
        wanted = f"a level for kind {kind}: {', '.join(fitting)}"
        super().__init__(text, f"the level {text!r}, which is for kind {' or '.join(kinds)}", wanted)


class LevelOrder(LanguageError):
    """A level in a place where no pair can reach it."""

    def __init__(self, text: str, expected: str) -> None:
        super().__init__(text, f"the level {text!r} here", expected)


class RuleSyntax(LanguageError):
    """A blocking rule that cannot be read."""

    def __init__(self, text: str, expected: str) -> None:
        super().__init__(text, f"the blocking rule {text!r}", expected)


class UnknownFunction(LanguageError):
    """A blocking rule with a function that does not exist."""

    def __init__(self, text: str, name: str, accepted: Sequence[str]) -> None:
        self.name = name
        wanted = f"a field's name or one of the functions {', '.join(accepted)}"
        super().__init__(text, f"the unknown function {name!r} in the blocking rule {text!r}", wanted, nearest(name, accepted))


class UnknownField(LanguageError):
    """A blocking rule on a field that the model does not have."""

    def __init__(self, text: str, name: str, fields: Sequence[str]) -> None:
        self.name = name
        wanted = f"a field of this model: {', '.join(fields)}"
        super().__init__(text, f"the unknown field {name!r} in the blocking rule {text!r}", wanted, nearest(name, fields))


class FunctionMisfit(LanguageError):
    """A key function of a field whose kind it does not fit."""

    def __init__(self, text: str, function: str, field: str, kind: str, fitting: Sequence[str]) -> None:
        self.function, self.field, self.kind = function, field, kind
        wanted = f"for a field of kind {kind}: {', '.join(fitting)}"
        super().__init__(text, f"{function}({field}) in the blocking rule {text!r}", wanted)


class UnknownKind(IdentityMistake):
    """A field of a kind that does not exist. `meant` are the kinds behind words that people use for them."""

    def __init__(self, kind: object, accepted: Sequence[str], meant: Mapping[str, str]) -> None:
        self.kind = kind
        word = str(kind).lower().replace("-", "_").replace(" ", "_")
        super().__init__(
            f"the unknown kind {kind!r}", f"one of {', '.join(accepted)}", meant.get(word) or nearest(word, accepted)
        )


class UnknownFieldName(IdentityMistake):
    """A list of fields that names one which the model does not have."""

    def __init__(self, key: str, name: str, fields: Sequence[str]) -> None:
        self.key, self.name = key, name
        super().__init__(f"the unknown field {name!r}", f"a field of this model: {', '.join(fields)}", nearest(name, fields))


class NotOfKind(IdentityMistake):
    """A field in a list that takes only fields of one kind."""

    def __init__(self, key: str, field: str, kind: str, wanted: str) -> None:
        self.key, self.field, self.kind = key, field, kind
        super().__init__(
            f"the field {field!r} of kind {kind}", f"a field of kind {wanted}; {key} says that one value is one person"
        )


class ModelMistakes(ValueError):
    """All mistakes between the parts of one model. `mistakes` holds each with the path of its key."""

    def __init__(self, mistakes: Sequence[tuple[tuple[str | int, ...], IdentityMistake]]) -> None:
        self.mistakes = tuple(mistakes)
        told = "; ".join(f"{'.'.join(map(str, path))}: {mistake}" for path, mistake in self.mistakes)
        super().__init__(told)
