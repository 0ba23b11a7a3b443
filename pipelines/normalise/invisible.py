"""Characters that are not seen, and the other cleaning that every text value gets first.

Only what is true of all text belongs here; what makes an e-mail or a name standard has a module of its own.
"""

import re
import unicodedata

# zero-width (200B-200D, 2060, FEFF), bidi marks (200E, 200F, 202A-202E, 2066-2069, 061C), soft hyphen, control characters
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u061c\ufeff\u00ad\u0000-\u0008\u000b-\u001f\u007f-\u009f]"
)
_SPACE = re.compile(r"\s+")  # includes U+00A0 and the other Unicode spaces
_HYPHEN = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text in NFC without invisible characters, with plain hyphens and single spaces, trimmed."""
    kept = _INVISIBLE.sub("", _LONE_SURROGATE.sub("", text))
    return _SPACE.sub(" ", _HYPHEN.sub("-", unicodedata.normalize("NFC", kept))).strip()
