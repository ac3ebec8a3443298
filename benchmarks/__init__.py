"""What Recoup's calls cost, beside other tools doing the same work in the same run: `python -m benchmarks`."""
