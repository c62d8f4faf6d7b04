"""A shared picture is signed by a commissioner, and names nobody else."""

from __future__ import annotations

from app.photos.documents import Photo
from app.photos.sharing import caption


def _said(phone, photo_files) -> str:
    taken = phone.take_photo(photo_files[0].read_bytes())
    photo = Photo.get(taken.json["id"])
    return str(caption(photo, "https://steward.example").lines)


def test_a_commissioner_signs(given, photo_files):
    commissioner = given.commissioner()
    assert commissioner.person.name in _said(commissioner, photo_files)


def test_a_contact_who_may_have_filed_without_a_name_does_not(given, photo_files):
    contact = given.contact(given.enterprise())
    assert contact.person.name not in _said(contact, photo_files)
