"""Phrases and operators that stand apart from their dice."""

import re

from modules.dice.notation import reading_patterns as patterns
from modules.dice.notation import suggestions
from modules.dice.notation.draft import BARE_END
from modules.dice.notation.operators import ON_FACE, SPELLINGS
from modules.dice.notation.phrases import BARE, OPERATOR_WORD, Phrase
from modules.dice.notation.reading import Reader
from modules.dice.notation.reading_modifiers import add_sign, open_modifier
from modules.dice.notation.strict import Piece


def operator(reader: Reader, word: str, start: int) -> bool:
    """An operator that stands apart from its dice."""
    if (
        word in ON_FACE
        and word != "e"
        and not reader.open
        and patterns.SIGN_AHEAD.match(reader.text, start + len(word))
    ):
        raise suggestions.needs_number(word, SPELLINGS[word][0], reader.source.span(start, start + len(word)))
    if reader.open or (word.isalpha() and not (word in BARE or _numbered(reader, word, start) or _after_bare(reader))):
        return False
    found = OPERATOR_WORD.match(reader.text, start, reader.end)
    if found is None:
        if reader.words is None and suggestions.LOOKS_LIKE_OPERATOR.fullmatch(word):
            refusal = suggestions.unknown_operator(word, reader.source.span(start, start + len(word)))
            if refusal.suggestion is not None:
                raise refusal
        return False
    text = found[0].replace(" ", "")
    if word in BARE and _pointless(reader, word):
        return False
    if word not in BARE and not re.search("[0-9]", text) and not _after_bare(reader):
        return False
    if reader.words is not None and not (re.match("[kdr]", text) and re.search("[0-9]", text)):
        return False
    if reader.words is not None and not reader.spoken() and not reader.draft.pools():
        return False
    reader.keep_words()
    reader.pos = found.end()
    reader.draft.count(text, start, found.end())
    return True


def _after_bare(reader: Reader) -> bool:
    """Whether a bare operator stands right before: then another one may follow behind a space."""
    last = reader.draft.last
    return reader.words is None and last is not None and last.kind == "pool" and bool(BARE_END.search(last.text))


def _numbered(reader: Reader, word: str, start: int) -> bool:
    if reader.words is not None:
        return False
    end = start + len(word)
    following = reader.text[end : end + 2]
    return following[:1] in {"<", ">", "=", "("} or (following[:1] == " " and following[1:].isdigit())


def operator_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """A phrase that acts on dice."""
    draft = reader.draft
    if reader.open:
        return _pending(reader, phrase, start, end)
    if phrase.weak and (not reader.spoken() or patterns.ARTICLE_AHEAD.match(reader.text, end)):
        return False
    text = phrase.expanded(reader.text[start:end])
    if text in {"kh1", "kl1"} and draft.repeat > 1 and not draft.repeat_leads:
        draft.choose_repeat()
    if _pointless(reader, text):
        return _choose_among(reader, text, start, end)
    reader.keep_words()
    reader.pos = end
    draft.count(text, start, end)
    return True


def _pointless(reader: Reader, text: str) -> bool:
    """Whether there is only one die to keep or drop from: then these are words like others."""
    pools = reader.draft.pools()
    return (
        text[0] in "kd"
        and all(re.match("1?d", pool.text) for pool in pools)
        and not any(piece.kind == "close" for piece in reader.draft.pieces)
    )


def _choose_among(reader: Reader, text: str, start: int, end: int) -> bool:
    """Choose one of single dice that stand apart: `d8 and d6, take the highest`."""
    drafts = [*reader.drafts, reader.draft]
    if not reader.drafts or text not in {"kh1", "kl1"} or not all(draft.is_single_die() for draft in drafts):
        return False
    members = ",".join(draft.pieces[0].text for draft in drafts)
    reader.drafts.clear()
    reader.draft.pieces.clear()
    reader.draft.add_set(members, text, start, end)
    reader.keep_words()
    reader.pos = end
    return True


def _pending(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """An operator said before its dice: `highest 3 of 4d6`."""
    of = patterns.OF_DICE.match(reader.text, end, reader.end)
    if of is None or (reader.draft.pieces and reader.draft.pieces[-1].kind != "sign"):
        return False
    text = phrase.expanded(reader.text[start:end])
    listed = patterns.DICE_LIST.match(reader.text, of.end(), reader.end) if text in {"kh1", "kl1"} else None
    if listed is not None:
        reader.begin_term()
        members = ",".join(f"1{die}" for die in re.findall("d[0-9]+!?", listed[0]))
        reader.draft.add_set(members, text, of.end(), listed.end())
        reader.pos, reader.open = listed.end(), False
        return True
    reader.draft.pending.append(Piece(text, start, end, "raw"))
    reader.pos = of.end()
    return True


def sign_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """A word for a sign."""
    if phrase.weak and reader.words is not None:
        return False
    if reader.open:
        return open_modifier(reader, phrase.means, start, end)
    if reader.words is not None:
        reader.label_last()
    add_sign(reader, phrase.means, start, end)
    return True


def advantage_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """Advantage or disadvantage."""
    draft = reader.draft
    said = reader.text[start:end].rstrip(" ")
    if said[0] in "([" and said[-1] not in ")]":
        return False
    parted = reader.bound >= 0 or said.startswith("and ")
    if parted and not reader.open and patterns.BIASED_AHEAD.match(reader.text, end, reader.end):
        # Behind a separator it is said of the dice that follow.
        reader.next_roll(start)
        draft = reader.draft
    draft.biases.append((phrase.means, reader.source.span(start, start + len(said))))
    if reader.open and draft.last is not None and draft.last.kind == "sign":
        draft.pieces.pop()
        reader.open = False
    reader.keep_words()
    reader.pos = end
    return True


def check_phrase(reader: Reader, _phrase: Phrase, start: int, end: int) -> bool:
    """Words before a target."""
    span = patterns.SPAN.match(reader.text, end, reader.end)
    if span is not None and int(span[1]) < int(span[2]):
        return False
    target = patterns.CHECK_TARGET.match(reader.text, end, reader.end)
    if target is None and not reader.draft.pieces:
        target = patterns.LEADING_TARGET.match(reader.text, end, reader.end)
        if target is not None:
            reader.keep_words()
            reader.set_check(target[1], start, target.end())
            reader.pos = target.end()
            return True
    if reader.draft.check is not None or (reader.depth and target is None):
        return False
    if target is not None and patterns.SAVE.match(reader.text, target.end(), reader.end) and _is_damage(reader):
        return False
    if target is None:
        if reader.open:
            return False
        reader.keep_words()
        reader.draft.add(" vs ", start, end, "raw")
        reader.pos, reader.open = end, True
        return True
    reader.keep_words()
    reader.set_check(target[1], start, target.end(1), "<=" if target["fewer"] else "vs")
    reader.pos = target.end() if reader.text[start] in "([" or target.end() > target.end(3) else target.end("plus")
    return True


def _is_damage(reader: Reader) -> bool:
    """Whether there are dice, but none that a saving throw is made with: what it has to reach is not theirs."""
    pools = reader.draft.pools()
    return bool(pools) and not any(re.search("d20(?![0-9])", pool.text) for pool in pools)


def times_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """How often it is rolled."""
    reader.set_times(phrase.expanded(reader.text[start:end]), start, end)
    reader.keep_words()
    reader.pos = end
    return True


def _beyond(reader: Reader, pool: Piece, end: int) -> bool:
    """Whether no die of a pool has as many sides as the number that follows: then only their total can be meant."""
    sides = re.fullmatch("[0-9]+d([0-9]+)", pool.text)
    target = re.compile(" *([0-9]+)").match(reader.text, end, reader.end)
    return sides is not None and target is not None and int(target[1][:15]) > int(sides[1][:15])


def dice_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """Words that are dice themselves."""
    if not reader.open or not (reader.draft.pieces or reader.spoken()):
        return False
    reader.term(phrase.expanded(reader.text[start:end]), start, end, "raw")
    return True


def factor_phrase(reader: Reader, phrase: Phrase, _start: int, end: int) -> bool:
    """What is done to the total."""
    draft = reader.draft
    if phrase.means.isalpha():
        if draft.factor != "/2" and not any(piece.text == "/" for piece in draft.pieces):
            return False
        draft.rounding = phrase.means
    else:
        draft.factor = phrase.means
    reader.keep_words()
    reader.pos = end
    return True


def difficulty_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """What the total has to reach or, of several ten-sided dice, each of them."""
    draft = reader.draft
    if draft.check is not None or reader.depth:
        return False
    reader.keep_words()
    reader.pos = end
    text = phrase.expanded(reader.text[start:end])
    pools = draft.pools()
    if len(pools) == len(draft.pieces) == 1 and patterns.STORYTELLER.fullmatch(f"{pools[0].text}{text}"):
        draft.operate(text, start, end)
    else:
        reader.set_check(text[2:], start, end)
    return True


def relation_phrase(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """A comparison in words, where it cannot mean a count."""
    draft, pools = reader.draft, reader.draft.pools()
    counted = len(pools) == 1 and len(draft.pieces) == 1 and re.match("1?d", pools[0].text) is None
    if draft.check is not None or (reader.open and draft.pieces):
        return False
    if reader.open:
        return _relation_ahead(reader, phrase, start, end)
    if counted and phrase.means != "=" and not _beyond(reader, pools[0], end):
        return False
    if counted and phrase.means == "=":
        # Nobody says that of each die.
        draft.pieces[:] = [Piece("(", start, start, "open"), pools[0], Piece(")", start, start, "close")]
    reader.keep_words()
    draft.add(f" {phrase.means} ", start, end, "raw")
    reader.pos, reader.open = end, True
    return True


def _relation_ahead(reader: Reader, phrase: Phrase, start: int, end: int) -> bool:
    """A comparison said before its dice: `under 45 on a d100`."""
    target = patterns.TARGET_AHEAD.match(reader.text, end, reader.end)
    if target is None:
        return False
    reader.begin_term()
    reader.draft.check = Piece(f" {phrase.means} {target[1]}", start, target.end(), "raw")
    reader.pos = target.end()
    return True
