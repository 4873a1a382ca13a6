"""Map the folders of the program into the package `kilnboard`: the wheel adds one top-level name only."""

from setuptools import find_packages, setup

FOLDERS = ("shop", "etl", "dashboard", "sample_data")

setup(
    packages=[
        "kilnboard",
        *(
            f"kilnboard.{name}"
            for name in find_packages(include=[part for f in FOLDERS for part in (f, f"{f}.*")])
        ),
    ],
    package_dir={"kilnboard": "kilnboard", **{f"kilnboard.{folder}": folder for folder in FOLDERS}},
)
