"""The terms of sums, and the sets of one member that act on the dice of theirs."""

from collections.abc import Iterator

from modules.dice.notation.syntax import Chain, Group, Labelled, Members, Negative, Node, Number, Pool
from modules.dice.notation.traversal import children, walk
from modules.dice.rolling.die_types import kind_of


def signed_terms(node: Node, sign: int = 1, *, bare: bool = False) -> Iterator[tuple[int, Node]]:
    """The terms of a sum, each with its sign, or bare of their labels; what is no sum is its only term."""
    if isinstance(node, Group) or (bare and isinstance(node, Labelled)):
        yield from signed_terms(node.inner, sign, bare=bare)
    elif isinstance(node, Negative):
        yield from signed_terms(node.inner, -sign, bare=bare)
    elif isinstance(node, Chain) and node.rest[0][0] in "+-":
        for symbol, term in (("+", node.first), *node.rest):
            yield from signed_terms(term, sign if symbol == "+" else -sign, bare=bare)
    else:
        yield sign, node


def labels_of(node: Node, *, inherit: bool) -> dict[int, tuple[str, int]]:
    """The label and the sign of each term of a sum that has a label, by the identity of the term.

    Where one label is that of all of them, only the sum has it.

    Args:
        node: The sum.
        inherit: Whether a term without any label in it takes the next one to its right.
    """
    found: dict[int, tuple[str, int]] = {}
    label = ""
    terms = tuple(signed_terms(node))
    for sign, term in reversed(terms):
        if isinstance(term, Labelled):
            label = ", ".join(term.labels)
        elif not inherit or (children(term) and any(isinstance(part, Labelled) for part in walk(term))):
            continue
        if label:
            found[id(term)] = label, sign
    if len(found) == len(terms) and len({name for name, _ in found.values()}) == 1:
        # What all terms have is the label of the whole sum.
        return {id(node): (label, 1)}
    return found


def merged_terms(node: Members) -> list[tuple[int, Node]]:
    """The pools and numbers, each with its sign, on whose dice a set of one member acts; none if it acts on totals."""
    terms = list(signed_terms(node.members[0], bare=True)) if len(node.members) == 1 and node.operators else []
    merged = any(isinstance(term, Pool) for _, term in terms) and all(_is_merged(term) for _, term in terms)
    return terms if merged else []


def _is_merged(term: Node) -> bool:
    """Whether a set of one member can act on this term of it: on its dice, or past a whole number."""
    if isinstance(term, Number):
        return isinstance(term.value, int)
    if not isinstance(term, Pool) or any(not operator.name for operator in term.operators):
        return False
    kind = None if isinstance(term.sides, Group) else kind_of(term.sides)
    return "p" not in term.tags and (kind is None or not (kind.has_words or kind.plot))
