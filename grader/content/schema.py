"""Tables of a TOML file as frozen models, and plain words for everything that is wrong in one."""

from collections.abc import Iterable, Iterator
from reprlib import repr as short
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from grader.nearest import did_you_mean

Location: TypeAlias = tuple[int | str, ...]
"""The keys and list positions that lead to a value."""

Problem: TypeAlias = tuple[Location, str]
"""Where something is wrong, and what."""

_PLAIN_WORDS = {
    "model_type": "must be a table",
    "mapping_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "too_short": "must hold at least one",
    "byte_size": "must be a number of bytes above 0, or text such as '2 GiB'",
    "byte_size_unit": "must be a number of bytes above 0, or text such as '2 GiB'",
    "datetime_type": "must be a date and time with its offset, as in 2026-10-05T23:59:00+03:00",
    "timezone_aware": "must carry an offset, as in 2026-10-05T23:59:00+03:00",
}


class Section(BaseModel):
    """A table: frozen, without unknown keys, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def refuse(section: Section, problems: Iterable[Problem]) -> None:
    """Raise all problems of a table at once, each at its own place below that table; for its validators."""
    details = [
        InitErrorDetails(type=PydanticCustomError("problem", "{text}", {"text": text}), loc=location, input=section)
        for location, text in problems
    ]
    if details:
        raise ValidationError.from_exception_data(type(section).__name__, details)


def explained(error: ValidationError, root: type[Section]) -> Iterator[str]:
    """Each thing that is wrong in a file of which `root` is the model.

    `assignments[1].criteria[0].pionts: unknown key (did you mean 'points'?)`
    """
    found = error.errors()
    for details in found:
        below = [other for other in found if other is not details and other["loc"][: len(details["loc"])] == details["loc"]]
        if details["type"] == "too_short" and below:
            continue  # not short by itself: what is wrong in it was left out of the count
        location = tuple(step for step in details["loc"] if step != "[key]")
        yield f"{_written(location) or 'the file'}: {_what_is_wrong(details, location, root)}"


def _what_is_wrong(details: ErrorDetails, location: Location, root: type[Section]) -> str:
    value = details["input"]
    match details["type"]:
        case "problem":
            return details["msg"]
        case "value_error":
            return str(details["ctx"]["error"])
        case "missing":
            return "is missing"
        case "extra_forbidden":
            known = _keys_of(_type_at(location[:-1], root))
            return f"unknown key{did_you_mean(str(location[-1]), known)}"
        case "literal_error":
            choices = [str(choice) for choice in get_args(_type_at(location, root))]
            return f"must be one of {', '.join(choices)}, not {short(value)}{did_you_mean(str(value), choices)}"
        case kind:
            words = _PLAIN_WORDS.get(kind, details["msg"].replace("Input should", "must"))
            return f"{words}, not {short(value)}"


def _written(location: Location) -> str:
    """The key path as one would look for it in the file."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")


def _type_at(location: Location, root: type[Section]) -> Any:  # noqa: ANN401 - an annotation may be any object
    """The annotation of the value at a location."""
    found: Any = root
    for step in location:
        keys = _keys_of(found)
        # A list has items of its first argument's type; a table of named tables has values of its second's.
        found = keys[str(step)] if keys else get_args(found)[0 if isinstance(step, int) else 1]
    return found


def _keys_of(annotation: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """A table's keys and their annotations; empty for what is not a table."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return {}
    return {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
