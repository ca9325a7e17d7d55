"""Wear: worn minutes, valid days and nights, one reason per participant-day, adherence.

Pure functions over Arrow tables and frozen records: nothing here asks a store or a registry.

    definition → what counts as worn, valid, closed (versioned, hashed; presets with their sources)
    minutes    → what a definition counts on each civil day, from rollups
    nights     → main sleeps, noon to noon
    clocks     → when each civil day of each participant begins and ends
    days       → one row per participant-day, each with one reason
    adherence  → valid ÷ closed, always with its counts; weeks; the sensitivity curve
    action     → what to do next about each participant
"""
