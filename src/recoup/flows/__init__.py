"""Flows: functions that call tasks. A run of a flow ends when its results are safe."""

from __future__ import annotations

from recoup.flows._flow import Flow, flow

__all__ = ["Flow", "flow"]
