@echo off
rem A double click opens the dashboard; with words after it this is the command kilnboard, of this clone.
if not "%~1"=="" goto command
"%~dp0.venv\Scripts\python.exe" -m kilnboard open
exit /b
:command
"%~dp0.venv\Scripts\python.exe" -m kilnboard %*
