"""Tests of broker.contract."""
