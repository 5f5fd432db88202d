"""What the parts of all events have in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from reviewer import text


def _clean(value: Any) -> Any:
    return text.scalar(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_clean)]
Count = Annotated[int, Field(ge=0)]
LineNumber = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Details = Annotated[dict[str, Any], BeforeValidator(text.scalars)]


def _always_sent(schema: dict[str, Any]) -> None:
    """Mark constant fields with a default as required: they are always sent, and types generated
    from the schema may rely on it."""
    sent = [name for name in ("type", "schemaVersion") if name in schema["properties"]]
    schema["required"] = [*sent, *schema.get("required", ())]


class Part(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        json_schema_extra=_always_sent,
    )


class InFile(Part):
    """Has a file name. `fileNameBase64` is there only when the name is not UTF-8."""

    file_name: Text
    file_name_base64: str | None = Field(default=None, exclude_if=lambda value: value is None)

    @model_validator(mode="before")
    @classmethod
    def _split_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(name := data.get("file_name"), str):
            clean, encoded = text.file_name(name)
            if encoded is not None:
                return {**data, "file_name": clean, "file_name_base64": encoded}
        return data
