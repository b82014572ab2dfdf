"""What `ingest.discover` is made of: one module for each thing that a list page, a feed or a sitemap can say."""
