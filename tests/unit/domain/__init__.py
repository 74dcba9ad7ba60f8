"""Tests of broker.domain."""
