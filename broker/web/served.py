"""`python -m broker.web.served FD`: the process that serves the pages, by a plan that it finds in an open file."""

import os
import sys

from pydantic import TypeAdapter

from broker.logs import log_to
from broker.web.app import show
from broker.web.plan import Plan

if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        plan = TypeAdapter(Plan).validate_json(file.read())
    log_to(plan.data, plan.client, lines=plan.logs)
    show(plan)
