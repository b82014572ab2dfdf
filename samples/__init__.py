"""The sample portal: a small department of finance to crawl on loopback, and what its pages truly say."""

from __future__ import annotations

from samples.content import Announcement, Footer, announcements
from samples.portal import DEFAULT_PORT, SamplePortal, serve

__all__ = ["DEFAULT_PORT", "Announcement", "Footer", "SamplePortal", "announcements", "serve"]
