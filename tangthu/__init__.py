"""The front door: settings, wiring and the `tangthu` command. The only place where things are built."""
