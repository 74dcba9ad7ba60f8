"""Tests of broker.store."""
