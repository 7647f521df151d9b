"""The hash chain of the ledger: whoever changes, removes or inserts a row breaks it.

Each row holds the hash of the row before it in its chain, so that the newest hash vouches for all of them. What is a
player's own goes into the hash by way of a salted commitment. With the row's private columns and its salt deleted, the
commitment says nothing any more, and the chain still holds.

What is hashed is encoded canonically: a JSON array in ASCII, without spaces.
"""

import hashlib
from json.encoder import encode_basestring_ascii
from typing import Final, NamedTuple

GENESIS: Final = bytes(32)
"""What stands for the hash before the first row."""
SALT_BYTES: Final = 16
_NULL: Final = "null"


class LedgerEntry(NamedTuple):
    """One roll, as it is recorded; the fields are those of the table, in its order.

    Attributes:
        rolled_at: Unix time in milliseconds.
        guild_id: Where; None in a private channel.
        channel_id: Where.
        user_id: Who rolled.
        source_id: The message or interaction that asked.
        source_index: Which of the rolls that it asked for, an edit included; unique with `source_id`.
        canonical: The notation as it was understood.
        faces: Every face thrown, in order, joined by commas.
        total: A whole number, or a fraction such as `7/2`; None where there is no number to show.
        verdict: `success` or `failure` where the roll was a check.
        comment: What was written beside it; None unless comments are kept.
        details: What else is needed to replay it, as JSON.
    """

    rolled_at: int
    guild_id: int | None
    channel_id: int
    user_id: int
    source_id: int
    source_index: int
    canonical: str
    faces: str
    total: str | None = None
    verdict: str | None = None
    comment: str | None = None
    details: str | None = None

    @property
    def chain_id(self) -> int:
        """The chain that it is a link of: its guild's, or its private channel's."""
        return self.channel_id if self.guild_id is None else self.guild_id

    def commitment(self, salt: bytes) -> bytes:
        """What the hash takes in for everything that is the player's own."""
        # Written out, for it is done for each roll: a loop over the texts takes half as long again.
        _, _, channel_id, user_id, source_id, source_index, canonical, faces, total, verdict, comment, details = self
        text = encode_basestring_ascii
        encoded = (
            f"[{channel_id},{user_id},{source_id},{source_index},{text(canonical)},{text(faces)},"
            f"{_NULL if total is None else text(total)},{_NULL if verdict is None else text(verdict)},"
            f"{_NULL if comment is None else text(comment)},{_NULL if details is None else text(details)}]"
        )
        return hashlib.sha256(salt + encoded.encode("ascii")).digest()


def link_hash(
    previous: bytes, place: tuple[int, int], rolled_at: int, guild_id: int | None, commitment: bytes
) -> bytes:
    """The hash of a row.

    Args:
        previous: The hash of the row before it.
        place: Id of the chain, and the position in it, counted from 1.
        rolled_at: Unix time in milliseconds.
        guild_id: None in a private channel.
        commitment: `LedgerEntry.commitment`.
    """
    chain_id, position = place
    public = f"[{chain_id},{position},{rolled_at},{_NULL if guild_id is None else guild_id}]"
    return hashlib.sha256(previous + public.encode("ascii") + commitment).digest()
