"""Runs a command and prints its peak memory (KB) and wall time to standard error; its status is the command's."""
import resource
import subprocess
import sys
import time

start = time.monotonic()
status = subprocess.run(sys.argv[1:]).returncode
seconds = time.monotonic() - start
print(f"peak {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} seconds {seconds:.6f}", file=sys.stderr)
sys.exit(status)
