"""Export files of a practice shop, written in the platforms' formats with `truth.json`, their figures.

Public: practice.plan_shop, practice.write_plan, practice.write_shop, spring.FOLDER, expected.read_truth.
Imports nothing of the other packages.
"""
