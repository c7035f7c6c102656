"""The parts of validate_output.py, one for each target."""
