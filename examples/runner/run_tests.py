"""`python run_tests.py --category websocket --pattern "*golden*path*"`."""

import argparse
import subprocess
import sys

CATEGORIES = {
    "unit": ["tests/unit"],
    "database": ["tests/database"],
    "websocket": ["tests", "-k", "websocket or ws"],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--category", default="unit")
    parser.add_argument("--pattern", help="run tests that match it")
    args = parser.parse_args()
    command = [sys.executable, "-m", "pytest", *CATEGORIES[args.category]]
    if args.pattern and args.category != "database":
        pattern = args.pattern.strip("*")  # -k takes no stars
        command.extend(["-k", f'"{pattern}"'])
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
