"""Kinds of incidents and problems: rows that a keeper can edit, shipped with a set for both Ukraine and police.uk."""
