"""What others kept, brought in: WARC and ARC files, WACZ packages, folders of saved pages.

`kinds` tells them apart by content. Each format has one reader, which knows nothing of portals or of this archive and gives
`material` records one by one; `choosing` decides what of it is taken, `bringing` takes it and counts. Only the importing command
asks for files; no network is touched.
"""
