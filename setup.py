"""Map the folders of the program, and its manual, into the package `kilnboard`: the wheel adds one top-level name."""

from setuptools import find_packages, setup

FOLDERS = ("shop", "etl", "dashboard", "sample_data")

setup(
    packages=[
        "kilnboard",
        "kilnboard.docs",
        *(
            f"kilnboard.{name}"
            for name in find_packages(include=[part for f in FOLDERS for part in (f, f"{f}.*")])
        ),
    ],
    package_dir={
        "kilnboard": "kilnboard",
        "kilnboard.docs": "docs",
        **{f"kilnboard.{folder}": folder for folder in FOLDERS},
    },
)
