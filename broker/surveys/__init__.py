"""Surveys that ship as data: their questions, answers and how they are scored."""
