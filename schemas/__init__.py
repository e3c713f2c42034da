"""What crosses a boundary in Marsad: one module a message, pydantic v2.

Every Kafka value is the JSON of one of these models; `docs/` holds the JSON Schema and AsyncAPI made from them.
"""
