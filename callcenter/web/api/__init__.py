"""The API for programs: /api/v1, with an OpenAPI document."""
