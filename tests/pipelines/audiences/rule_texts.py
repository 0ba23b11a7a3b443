"""Rules drawn at random: comparisons of a few columns, joined as people join them."""

from hypothesis import strategies as st

NUMBERS = st.integers(0, 3)
ATOMS = st.one_of(
    st.builds("touches_30d {} {}".format, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS),
    st.builds("lease_days_left {} {}".format, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS),
    st.builds("{} > lease_days_left".format, NUMBERS),
    st.builds("lease_days_left between {} and {}".format, NUMBERS, NUMBERS),
    st.builds("coalesce(lease_days_left, {}) <= {}".format, NUMBERS, NUMBERS),
    st.sampled_from(
        ["lease_days_left is null", "is_out_of_warranty", "is_out_of_warranty is false", "lease_days_left < touches_30d"]
    ),
    st.builds("intent_tier in ('{}', '{}')".format, *[st.sampled_from(["hot", "warm", "cold"])] * 2),
    st.builds("intent_tier <> '{}'".format, st.sampled_from(["hot", "warm", "cold"])),
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)
