"""The stand-in Python language host: what runs Python programs, packs and plugins where Pulumi's own host is missing.

`server.py` is the process the engine starts (the LanguageRuntime service of Pulumi's protocol); the other modules
each hold one of its jobs. It starts in a tenth of a second because it imports Pulumi's protocol modules alone
(`protocol.py`), never the SDK: that belongs to the programs, which may have another version of it.
"""
