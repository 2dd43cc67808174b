"""Reads a preview's JSON and tells whether applying it would take trusted access away.

A module of `readers/` turns a tool's form into changes of resources, one at a time; `judge.py` judges each, purely.
"""
