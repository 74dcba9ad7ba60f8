"""Tests of broker.engine."""
