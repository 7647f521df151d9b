"""Which rolls a query of the history finds, and how many."""

from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from tests.storage.test_ledger import ENTRY


async def test_secret_rolls_are_left_out_where_only_open_ones_are_asked_for(memory: Memory) -> None:
    details = ['{"total":"12"}', '{"total":"12","secret":true}', None, '{"x":"\\"secret\\":true"}']
    entries = [ENTRY._replace(source_index=index, details=each) for index, each in enumerate(details)]
    assert await memory.ledger.record(entries) is not None
    query = HistoryQuery(chain_id=10, is_open=True)
    rows = await memory.ledger.page(query, 10)
    assert [row.entry.source_index for row in rows if row.entry] == [3, 2, 0]
    assert await memory.ledger.count(query) == 3
    assert await memory.ledger.count(HistoryQuery(chain_id=10)) == 4
    assert await memory.ledger.count(HistoryQuery(chain_id=11)) == 0


async def test_a_part_of_the_notation_is_taken_letter_for_letter(memory: Memory) -> None:
    await memory.ledger.record([ENTRY, ENTRY._replace(source_index=1, canonical="1d100%")])
    assert await memory.ledger.count(HistoryQuery(chain_id=10, text="%")) == 1
