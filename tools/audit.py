"""Ask the registry for known vulnerabilities of the locked packages; say what could not be asked.

Exit code 1 for a finding. A registry that knows nothing of vulnerabilities is told, and passes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.txt"


def main() -> int:
    asked = [
        *(sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--require-hashes"),
        *("-r", str(LOCK), "--progress-spinner", "off", "--timeout", "10", "--format", "json"),
    ]
    answer = subprocess.run(asked, capture_output=True, text=True)
    try:
        packages = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    known = [p for p in packages if "skip_reason" not in p]
    if not known:
        print("SKIPPED the audit of dependencies: no registry here tells known vulnerabilities")
        return 0
    found = [p for p in known if p["vulns"]]
    for package in found:
        for flaw in package["vulns"]:
            mended = ", ".join(flaw["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    rest = (
        f", {len(packages) - len(known)} could not be asked" if len(known) < len(packages) else ""
    )
    print(
        f"Audit of dependencies: {len(known)} asked{rest}, {len(found)} with known vulnerabilities"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
