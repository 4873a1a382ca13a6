@echo off
rem Opens the dashboard from a clone of the repository.
"%~dp0.venv\Scripts\python.exe" -m kilnboard %*
