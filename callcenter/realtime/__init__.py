"""The one door to the OpenAI Agents SDK."""
