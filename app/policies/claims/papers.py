"""Photos of the papers of claims: for whom the claim is to see, not for all who see the firm."""

from __future__ import annotations

from app.foundation.errors import Forbidden, NotFound
from app.foundation.ids import object_id
from app.issues import access
from app.people.who import Who
from app.photos import hiding
from app.photos.documents import Photo
from app.policies.claims.steps import see

LINK = "claim"


def see_photo(who: Who, key: str, *, original: bool = False) -> Photo:
    """As `issues.access.see_photo`; a paper of a claim is seen by whoever sees the claim, too."""
    try:
        return access.see_photo(who, key, original=original)
    except NotFound:
        photo = Photo.objects(id=object_id(key)).first()
        if photo is None or not _shows_a_claim(who, photo):
            raise
    if original:
        raise Forbidden("forbidden")
    return photo  # type: ignore[no-any-return]


def _shows_a_claim(who: Who, photo: Photo) -> bool:
    if not hiding.sees(who, photo.owner, photo.hidden):
        return False
    return any(_sees(who, link.thing_id) for link in photo.links if link.thing == LINK)


def _sees(who: Who, claim: object) -> bool:
    try:
        see(who, str(claim))
    except NotFound:
        return False
    return True
