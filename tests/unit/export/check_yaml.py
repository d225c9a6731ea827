"""Read a mapping of a YAML file with PyYAML: check_yaml.py FILE KEY (prints it as JSON, sorted, ASCII)."""

import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps(yaml.safe_load(file)[sys.argv[2]], sort_keys=True))
