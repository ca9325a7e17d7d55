"""Imputation at work: a study's data out of store and registry, filled, stored, reported.

    request   → what somebody wants filled, and what can be
    gathering → a participant's minutes or nights, and what proves wear
    making    → one participant's part, in a process of its own
    checking  → the model and the verdicts on classes of gaps
    running   → a run from its beginning to its end, resumed where it was cut short
    arms      → two arms compared, the non-wear of one shifted
    telling   → what a run did: three columns, verdicts, tipping points; two runs compared
    taking    → a run's values withdrawn; which classes of gaps a study lets be filled
    restoring → what stands again then: the newest run before that was asked for it

Everything that computes is imported where it is needed, for it takes a while to import.
"""
