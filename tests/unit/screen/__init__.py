"""Tests of broker.screen."""
