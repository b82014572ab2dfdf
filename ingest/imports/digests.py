"""Digests as WARC files give them (`sha1:BASE32`, `sha256:hex`, …), checked against the bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib

_ALGORITHMS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256", "sha3_512"}


def agrees(labelled: str, data: bytes) -> bool | None:
    """Whether `data` has the digest that a header gives; None for an algorithm or spelling that is not known here."""
    name, _, value = labelled.partition(":")
    algorithm = name.strip().lower().replace("-", "_")
    algorithm = {"sha_1": "sha1", "sha_256": "sha256", "sha_384": "sha384", "sha_512": "sha512"}.get(algorithm, algorithm)
    if algorithm not in _ALGORITHMS:
        return None
    made = hashlib.new(algorithm, data, usedforsecurity=False)
    wanted = _bytes(value.strip(), made.digest_size)
    return None if wanted is None else wanted == made.digest()


def _bytes(value: str, size: int) -> bytes | None:
    """The digest of `size` bytes that `value` spells in hex, base32 or base64; its length tells which."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        bare = value.rstrip("=")
        if len(bare) == -(-size * 8 // 5):
            return base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
        if len(bare) == -(-size * 8 // 6):
            return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_" if "-" in bare or "_" in bare else None)
    except (ValueError, binascii.Error):
        return None
    return None
