"""Reading files: one small module a format, told by content (`telling`), composed by `reading`.

A module of a format has `read(data: bytes) -> RawFile` and raises FileUnreadable. It runs in a child process only; see `sandbox`.
"""
