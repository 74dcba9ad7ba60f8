"""Tests of broker.doctor."""
