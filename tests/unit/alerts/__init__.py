"""Tests of alerts by rule."""
