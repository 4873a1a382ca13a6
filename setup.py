"""Map the folders of the program, and its manual, into the package `kilnboard`: the wheel adds one top-level name."""

import os

from setuptools import find_packages, setup

SERVER, REPOSITORY = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
HOME = f"{SERVER}/{REPOSITORY}" if SERVER and REPOSITORY else ""
URLS = {
    "Source": HOME,
    "Changelog": f"{HOME}/blob/main/CHANGELOG.md",
    "Documentation": f"{HOME}/blob/main/docs/index.md",
    "Issues": f"{HOME}/issues",
}
FOLDERS = ("shop", "etl", "dashboard", "sample_data")

setup(
    project_urls=URLS if HOME else {},
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
