"""The parts of tests/bars: each measures one promise through the product itself."""
