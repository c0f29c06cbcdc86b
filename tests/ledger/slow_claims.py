"""One quick claim and two that sleep, to be interrupted."""

from __future__ import annotations

import time
from dataclasses import replace

from symprop.ledger.claim import Context
from symprop.ledger.evidence import Evidence
from symprop.ledger.registry import collect
from tests.ledger.demonstration import CORRECTION, IDENTITY


def sleeps(context: Context) -> Evidence:
    time.sleep(60)
    return Evidence.undecided("slept")


CLAIMS = (
    CORRECTION,
    replace(IDENTITY, id="symprop.slow-one", checks=(sleeps,)),
    replace(IDENTITY, id="symprop.slow-two", checks=(sleeps,)),
)
REGISTRY = collect([__name__])
