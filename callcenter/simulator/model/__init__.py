"""OpenAI's Realtime service, rehearsed: the GA protocol over a real WebSocket."""

from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.server import ModelSimulator

__all__ = ["Faults", "ModelSimulator"]
