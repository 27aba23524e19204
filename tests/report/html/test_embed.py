"""Nothing that is embedded can end its element."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.report.html import embed


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_data_is_itself_again_and_holds_no_sign_that_html_reads(value: object) -> None:
    text = str(embed.data(value))
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_what_is_no_number_is_null() -> None:
    assert embed.data({"a": [float("nan"), float("inf"), 1.5]}) == '{"a":[null,null,1.5]}'


@pytest.mark.parametrize("text", ["a</script>", "a</SCRIPT >", "a < b; c</Script", "x = '<!--'"])
def test_a_script_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be embedded"):
        embed.script(text.encode())


def test_any_other_script_stands_as_it_is() -> None:
    code = "if (a</b/.test(c)) d = '<script>' + '<!-' + '<\\/script>' + '€'".encode()
    assert embed.script(code) == code


def test_a_label_survives_a_library_that_reads_tags() -> None:
    assert embed.label("<a href=x>&amp;") == "&lt;a href=x&gt;&amp;amp;"


def test_names_may_be_broken_and_numbers_not() -> None:
    assert embed.soft("buy_local+fund") == "buy_<wbr>local+<wbr>fund"
    assert embed.soft("0.25 <b>") == "0.25 &lt;b&gt;"
