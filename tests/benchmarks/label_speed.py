"""Labelling of comments: seconds and memory for 100,000 different ones on one core, and what a load costs more by it.

    python -m tests.benchmarks.label_speed [COMMENTS]

The texts are the labelled comments with endings and in pairs, so that almost none repeats. The load is measured against
the same load with the labels switched off, both in processes of their own, the lexicon included. A load is one process,
so processor seconds are what it costs; the wall clock is printed as well.
"""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.support.label_scores import read

ENDINGS = ("", "啊", "呀", "!", "～", "[捂脸]", "😂", " 老板", "哈哈", " 谢谢")
LOAD = """
import sys, time, pathlib
from etl.imports.importer import import_file
from shop.comments.labels.store import CommentLabels
from shop.connect import connect
if sys.argv[2] == "off":
    CommentLabels.put = lambda self, platform, ids, texts: [False] * len(texts)
db = connect(sys.argv[3])
start, wall = time.process_time(), time.perf_counter()
import_file(db, pathlib.Path(sys.argv[1]), settings={"platform": "douyin"})
print(time.process_time() - start, time.perf_counter() - wall)
"""


def texts(count: int) -> list[str]:
    """So many comments, each with its own number at the end of every third."""
    rng = random.Random(11)
    known = [line for name in ("rules", "held_out") for line, _ in read(name)]
    result = []
    for number in range(count):
        line = rng.choice(known) + rng.choice(ENDINGS)
        if rng.random() < 0.3:
            line += "，" + rng.choice(known)
        result.append(line + (f" {number}" if number % 3 == 0 else ""))
    return result


def load_seconds(file: Path, labels: str, folder: Path) -> tuple[float, float]:
    """Seconds of the processor and of the wall clock of one load into a new database."""
    target = folder / f"{labels}-{time.monotonic_ns()}.db"
    words = [sys.executable, "-c", LOAD, str(file), labels, str(target)]
    processor, wall = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    target.unlink()
    return float(processor), float(wall)


def main() -> None:
    """Print what labelling costs."""
    from shop.comments.labels import label_all

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    line = texts(count)
    start = time.process_time()
    label_all(line)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} comments ({len(set(line))} different): {seconds:.1f} s, peak memory {memory:.0f} MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "comments.csv"
        with file.open("w", encoding="utf-8", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(
                ("评论ID", "上级评论ID", "用户ID", "昵称", "评论内容", "评论时间", "点赞数", "回复数")
            )
            for number, one in enumerate(line):
                day = f"2026-01-{number % 28 + 1:02} 10:{number % 60:02}:00"
                rows.writerow((7400000000000000000 + number, "-", number % 60_000, "n", one, day, 0, 0))
        pairs = [(load_seconds(file, "off", folder), load_seconds(file, "on", folder)) for _ in range(5)]
    for clock, name in enumerate(("processor", "wall clock")):
        without, labelled = (median(times[clock] for times in loads) for loads in zip(*pairs, strict=True))
        print(
            f"{name}: load without labels {without:.1f} s, with labels {labelled:.1f} s: {labelled / without:.2f} times"
        )


if __name__ == "__main__":
    main()
