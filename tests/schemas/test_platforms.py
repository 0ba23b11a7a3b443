"""What every platform's declaration must hold."""

import pytest

from pipelines.activation.normalise import RULES
from pipelines.activation.render import RENDERERS
from schemas.platforms import all_platforms

PLATFORMS = all_platforms()
LIMITS = ("batch_members", "max_identifiers", "max_membership_days", "min_people", "max_name_length")


def test_the_folder_is_the_registry():
    assert {"google", "meta"} <= set(PLATFORMS)
    assert all(name == one.name for name, one in PLATFORMS.items())


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_declaration(platform):
    assert {one.rule for one in platform.identifiers} <= set(RULES)
    kinds = [one.kind for one in platform.identifiers]
    assert len(kinds) == len(set(kinds))
    assert platform.channels and platform.title and platform.recipient
    assert platform.renderer is None or platform.renderer in RENDERERS


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_every_figure_has_its_source(platform):
    figures = {limit for limit in LIMITS if getattr(platform, limit)} | (
        {"first_party_only"} if platform.first_party_only else set()
    )
    assert figures <= set(platform.sources)


def test_bought_lists_never_to_google():
    assert PLATFORMS["google"].first_party_only
    assert PLATFORMS["meta"].file_source == {
        "conquest": "PARTNER_PROVIDED_ONLY",
        "in_market": "USER_PROVIDED_ONLY",
        "loyalty": "USER_PROVIDED_ONLY",
    }


def test_an_unknown_identifier_names_what_is_taken():
    with pytest.raises(KeyError, match="it takes email, phone"):
        PLATFORMS["google"].identifier("fax")
