"""Channels left alone."""

from modules.discord_api.rest import cooldowns as module
from modules.discord_api.rest.cooldowns import ChannelCooldowns
from tests.fake_clock import FakeClock


def test_a_cooldown_ends_after_its_time_and_can_be_renewed() -> None:
    clock = FakeClock()
    cooldowns = ChannelCooldowns(clock, seconds=600)
    assert cooldowns.seconds_left(1) == 0
    cooldowns.start(1)
    clock.pass_by(599)
    assert cooldowns.seconds_left(1) == 1
    assert cooldowns.seconds_left(2) == 0
    cooldowns.start(1)
    clock.pass_by(599)
    assert cooldowns.count() == 1
    clock.pass_by(1)
    assert cooldowns.seconds_left(1) == 0
    assert cooldowns.count() == 0


def test_a_renewed_cooldown_does_not_hide_one_that_has_ended() -> None:
    clock = FakeClock()
    cooldowns = ChannelCooldowns(clock, seconds=600)
    cooldowns.start(1)
    cooldowns.start(2)
    clock.pass_by(300)
    cooldowns.start(1)
    clock.pass_by(300)
    assert cooldowns.count() == 1
    assert cooldowns.seconds_left(1) == 300


def test_memory_is_bounded() -> None:
    cooldowns = ChannelCooldowns(FakeClock())
    for channel_id in range(module.COOLDOWNS_KEPT + 5):
        cooldowns.start(channel_id)
    assert cooldowns.count() == module.COOLDOWNS_KEPT
    assert cooldowns.seconds_left(0) == 0
    assert cooldowns.seconds_left(module.COOLDOWNS_KEPT + 4) > 0
