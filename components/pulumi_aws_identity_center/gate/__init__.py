"""Reads a preview's JSON and tells whether applying it would take trusted access away.

`readers/pulumi.py` turns either of Pulumi's forms into steps, one at a time; `judge.py` judges each, purely.
"""
