"""How settings are declared, read, diagnosed and documented; `config.py` says which ones there are."""
