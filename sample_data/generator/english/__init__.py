"""The practice studio in English: `studio` what its people and shops call things, `audience` what viewers write."""
