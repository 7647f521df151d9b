"""Nazh Engine's parts, lowest layer first: dice, rendering and telemetry, services and runtime, ui, cogs, bot."""

__version__ = "0.1.0"
