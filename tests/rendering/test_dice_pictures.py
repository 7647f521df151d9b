"""Pictures of dice: one for each face, small enough to be emojis, and no two alike."""

import re
from io import BytesIO

from PIL import Image

from modules.rendering.dice_pictures import SIZE, draw_die, picture_names

EMOJI_BYTES = 256 * 1024


def test_there_is_one_for_each_face_and_no_two_are_alike() -> None:
    names = picture_names()
    assert len(names) == 4 + 6 + 8 + 10 + 12 + 20 + 3
    assert all(re.fullmatch(r"\w{2,27}", name) for name in names), "with a prefix, a name that Discord takes"
    drawn = {draw_die(name) for name in names}
    assert len(drawn) == len(names)
    for picture in drawn:
        assert len(picture) < EMOJI_BYTES
        image = Image.open(BytesIO(picture))
        assert image.size == (SIZE, SIZE)
        assert image.getpixel((0, 0)) == (0, 0, 0, 0), "it has no ground of its own"
