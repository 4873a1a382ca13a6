"""The practice studio in English: in `studio` what its people and shops call things, in `audience` what viewers write."""
