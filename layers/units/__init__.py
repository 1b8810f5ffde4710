"""The divisions of the area: hromadas, settlements, units of 2017, starosta districts, and any other system."""
