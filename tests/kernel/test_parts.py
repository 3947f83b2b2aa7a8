"""What has a part of a text has the terms that are asked for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.parts import LONGEST_SOUND, MOST_ASKED, parts, parts_asked, sounds, sounds_asked

TEXTS = st.text(alphabet="市科技有限aB3ßＡ·- _é🙂", max_size=40)


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_stands_in_a_text_is_asked_by_parts_that_it_has(before: str, part: str, after: str) -> None:
    there = set(parts(before + part + after))
    for asked, begun in parts_asked(part):
        assert any(each.startswith(asked) for each in there) if begun else asked in there


@given(st.lists(st.sampled_from(["dong", "guan", "li", "e", "xi", "an", "6"]), max_size=8), st.data())
def test_letters_from_the_beginning_of_a_syllable_on_are_asked_by_sounds_that_it_has(
    syllables: list[str], data: st.DataObject
) -> None:
    there = set(sounds(" ".join(syllables)))
    rest = "".join(syllables[data.draw(st.integers(0, len(syllables))) :])
    for asked, begun in sounds_asked(rest[: data.draw(st.integers(0, len(rest)))]):
        assert any(each.startswith(asked) for each in there) if begun else asked in there


def test_a_part_of_a_text() -> None:
    assert list(parts("Ab科技-7")) == ["ab", "b科", "科技", "技", "7"]
    assert parts_asked("b科技") == [("b科", False), ("科技", False)]
    assert parts_asked("技") == [("技", True)] and parts_asked(" ·-") == []
    assert len(parts_asked("".join(map(chr, range(0x4E00, 0x4E80))))) == MOST_ASKED
    assert list(sounds("dong guan li e")) == ["dongguan", "guanlie", "lie"]
    assert sounds_asked("d") == [] and sounds_asked("don") == [("don", True)]
    assert sounds_asked("dongguanli") == [("dongguanli"[:LONGEST_SOUND], False)]
