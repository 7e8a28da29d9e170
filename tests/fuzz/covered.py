#!/usr/bin/env python3
"""Every function that phial.h declares is called by the API fuzzer."""
import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
header = (here / "../../vm/api/phial.h").read_text()
declared = set(re.findall(r"^PHIAL_API [^(;]*?\b(phial_\w+)\(", header, flags=re.M))
called = set(re.findall(r"\b(phial_\w+)\(", "".join(path.read_text() for path in here.glob("api_fuzz*.[ch]pp"))))
for name in sorted(declared - called):
    print(f"api_fuzz does not call {name}")
print(f"{len(declared & called)} of {len(declared)} functions are called")
sys.exit(0 if declared and declared <= called else 1)
