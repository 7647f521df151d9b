"""The reader with everything it knows: what to do with each kind of token and each kind of phrase."""

from types import MappingProxyType

from modules.dice.notation import (
    reading_brackets,
    reading_comments,
    reading_phrases,
    reading_signs,
    reading_terms,
    reading_words,
)
from modules.dice.notation.reading import Grammar, Reader

GRAMMAR = Grammar(
    tokens=MappingProxyType(
        {
            "line": Reader.line,
            "arrow": reading_signs.arrow,
            "dice": reading_terms.dice,
            "times": reading_words.times,
            "number": reading_terms.number,
            "word": reading_words.word,
            "mixed": reading_terms.mixed,
            "opaque": reading_words.opaque,
            "other": reading_words.other,
            "relation": reading_signs.relation,
            "explicit": reading_comments.explicit,
            "symbol": reading_signs.symbol,
            "soft": reading_signs.soft,
            "opening": reading_brackets.opening,
            "closing": reading_brackets.closing,
        }
    ),
    phrases=MappingProxyType(
        {
            "operator": reading_phrases.operator_phrase,
            "sign": reading_phrases.sign_phrase,
            "advantage": reading_phrases.advantage_phrase,
            "check": reading_phrases.check_phrase,
            "factor": reading_phrases.factor_phrase,
            "difficulty": reading_phrases.difficulty_phrase,
            "relation": reading_phrases.relation_phrase,
            "times": reading_phrases.times_phrase,
            "dice": reading_phrases.dice_phrase,
        }
    ),
)
