"""Tests of keeping house."""
