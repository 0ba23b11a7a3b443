"""Mappings whose order says something: which of their keys comes first decides. Elsewhere the order of keys means nothing."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

ORDERED: dict[str, Any] = {"is_ordered": True}  # for Field(json_schema_extra=...)
ORDER = "(order)"  # the key under which `plain_content` tells the order of such a mapping
_ADAPTER: TypeAdapter[Any] = TypeAdapter(Any)


def is_ordered(field: FieldInfo) -> bool:
    """Whether the order of a field's keys decides something."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("is_ordered") is True


def plain_content(value: Any) -> Any:
    """A value of policy as JSON takes it; a mapping whose order decides says its keys in order under ORDER."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, BaseModel):
        return {name: plain_field(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): plain_content(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_content(one) for one in value]
    return _ADAPTER.dump_python(value, mode="json")


def plain_field(model: BaseModel, name: str) -> Any:
    """`plain_content` of one field of a model."""
    plain = plain_content(getattr(model, name))
    if isinstance(plain, dict) and is_ordered(type(model).model_fields[name]):
        return plain | {ORDER: ", ".join(plain)}
    return plain
