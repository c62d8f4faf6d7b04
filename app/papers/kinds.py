"""The kinds of papers there are. A further one is a module of its own and a line here:

1. `settle(who, params, now) -> Subject` checks who may ask for it of what (rows `paper.*` of the policy
   table) and fills in what was left open; what its content needs to be seen goes into `needs`.
2. `gather(asked) -> Content` reads, with the same functions as the API and `asked.now`, and says it in
   blocks. Photos are named by their ids in `Pictures`; the engine (`app.papers.photos`) fetches and
   shrinks them one at a time, and prepares them for the audience.
3. Words: `paper.kind.{name}` and its own in `config/messages/*/papers.yaml`; a parameter of its own in
   `schemas.papers.PaperParams`; the numbers it shows in `definitions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import NotFound
from app.papers import bulletin, dossier, duty_report, site_tour, tables, weekly
from app.papers.kind import Kind

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        duty_report.KIND,
        weekly.KIND,
        bulletin.KIND,
        tables.KIND,
        site_tour.KIND,
        dossier.KIND,
    )
}


def of(name: str) -> Kind:
    """The kind of this name. Raises NotFound: one that was made once and is no more."""
    if name not in KINDS:
        raise NotFound("not_found")
    return KINDS[name]
