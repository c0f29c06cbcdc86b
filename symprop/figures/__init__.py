"""One function for each published figure: its data first, its drawing second."""
