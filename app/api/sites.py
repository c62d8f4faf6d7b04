"""The sites of enterprises."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.enterprises import sites
from app.enterprises.sites import Said, Site
from app.foundation import clock
from schemas.base import Empty, page_of
from schemas.sites import EnterpriseSiteView, SiteContent, SiteIn, SitesQuery

blueprint = Blueprint("sites", __name__, description="企业厂区")


def _shown(site: Site) -> dict[str, Any]:
    return {
        **{name: site[name] for name in site},
        "enterprise_id": site.enterprise,
        "contact": sites.contact_of(auth.me(), site),
    }


@blueprint.route("/enterprises/<oid:key>/sites")
class Sites(MethodView):
    @blueprint.operation(query=SitesQuery, shows=page_of(EnterpriseSiteView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The sites of an enterprise, by name."""
        found, total = sites.of_enterprise(auth.me(), key, **query)
        return views.page([_shown(each) for each in found], total, query)

    @blueprint.operation(body=SiteIn, shows=EnterpriseSiteView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Add a site to an enterprise."""
        site, new = sites.create(auth.me(), key, body["client_id"], body["said"], clock.now())
        return _shown(site), 201 if new else 200


@blueprint.route("/sites/<oid:key>")
class OneSite(MethodView):
    @blueprint.operation(shows=EnterpriseSiteView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A site."""
        return _shown(sites.see_site(auth.me(), key))

    @blueprint.operation(body=SiteContent, shows=EnterpriseSiteView, whole=True, also=(404,))
    def put(self, body: Said, key: str) -> dict[str, Any]:
        """Change it as a whole. The same change again answers 200 whatever its If-Match."""
        who = auth.me()
        site = sites.see_site(who, key)
        if not sites.is_replay(site, body):
            require_match(EnterpriseSiteView, _shown(site))
            site = sites.change(who, key, body, site.version, clock.now())
        return _shown(site)


@blueprint.route("/sites/<oid:key>/close")
class CloseSite(MethodView):
    @blueprint.operation(body=Empty, shows=EnterpriseSiteView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Close it: it cannot be chosen any more."""
        views.perform(lambda: sites.close(auth.me(), key, clock.now()))
        return _shown(sites.see_site(auth.me(), key))
