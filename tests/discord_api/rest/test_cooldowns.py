"""Channels left alone."""

from modules.discord_api.rest import cooldowns as module
from modules.discord_api.rest.cooldowns import ChannelCooldowns
from tests.fake_clock import FakeClock


def test_a_mute_ends_after_its_time_and_can_be_renewed() -> None:
    clock = FakeClock()
    mutes = ChannelCooldowns(clock, seconds=600)
    assert mutes.seconds_left(1) == 0
    mutes.mute(1)
    clock.pass_by(599)
    assert mutes.seconds_left(1) == 1
    assert mutes.seconds_left(2) == 0
    mutes.mute(1)
    clock.pass_by(599)
    assert mutes.count() == 1
    clock.pass_by(1)
    assert mutes.seconds_left(1) == 0
    assert mutes.count() == 0


def test_a_renewed_mute_does_not_hide_one_that_has_ended() -> None:
    clock = FakeClock()
    mutes = ChannelCooldowns(clock, seconds=600)
    mutes.mute(1)
    mutes.mute(2)
    clock.pass_by(300)
    mutes.mute(1)
    clock.pass_by(300)
    assert mutes.count() == 1
    assert mutes.seconds_left(1) == 300


def test_memory_is_bounded() -> None:
    mutes = ChannelCooldowns(FakeClock())
    for channel_id in range(module.MUTES_KEPT + 5):
        mutes.mute(channel_id)
    assert mutes.count() == module.MUTES_KEPT
    assert mutes.seconds_left(0) == 0
    assert mutes.seconds_left(module.MUTES_KEPT + 4) > 0
