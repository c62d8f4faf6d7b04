"""What somebody with the database's and the store's passwords could do to sealed photos."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.foundation import clock
from app.foundation.signing import Signer
from app.photos import ledger, merkle
from app.photos.documents import Photo
from app.photos.ledger import Leaf, Root
from tests.support import ledger as made
from tests.support.ledger import DAY, STORE, insert_behind_the_back, seal, shoot, signer
from tests.support.phone import Phone

NEXT = DAY + timedelta(days=1)


@dataclass
class Stock:
    """Two sealed days of three photos each, and one photo that waits to be sealed."""

    photos: list[Photo]


def sealed_stock(phone: Phone) -> Stock:
    photos = [shoot(phone, number) for number in range(3)]
    noon = ledger.start_of(NEXT) + timedelta(hours=12)
    photos += [shoot(phone, number, noon + timedelta(minutes=number)) for number in range(3, 6)]
    seal(NEXT)
    return Stock([*photos, shoot(phone, 9, noon + timedelta(days=1))])


def change(photo: Photo, **fields) -> None:
    assert Photo.rows().update_one({"_id": photo.id}, {"$set": fields}).modified_count


def lose_original(stock: Stock) -> list[str]:
    STORE.path(stock.photos[1].key).unlink()
    return [f"ledger.original_missing photo {stock.photos[1].id}, day {DAY}"]


def lose_unsealed_original(stock: Stock) -> list[str]:
    STORE.path(stock.photos[6].key).unlink()
    return [f"ledger.original_missing photo {stock.photos[6].id}"]


def alter_original(stock: Stock) -> list[str]:
    path = STORE.path(stock.photos[1].key)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return [f"ledger.original_altered photo {stock.photos[1].id}, day {DAY}"]


def alter_unsealed_original(stock: Stock) -> list[str]:
    path = STORE.path(stock.photos[6].key)
    path.write_bytes(path.read_bytes() + b"!")
    return [f"ledger.original_altered photo {stock.photos[6].id}"]


def point_to_another_original(stock: Stock) -> list[str]:
    change(stock.photos[1], key=stock.photos[2].key)
    return [f"ledger.original_altered photo {stock.photos[1].id}, day {DAY}"]


def alter_hash_and_original(stock: Stock) -> list[str]:
    other = stock.photos[2]
    change(stock.photos[1], key=other.key, sha256=other.sha256, size=other.size + 1)
    of = f"photo {stock.photos[1].id}, day {DAY}"
    return [f"ledger.original_altered {of}", f"ledger.record_altered {of}"]


def alter_time(stock: Stock) -> list[str]:
    change(stock.photos[4], received_at=stock.photos[4].received_at - timedelta(minutes=1))
    return [f"ledger.record_altered photo {stock.photos[4].id}, day {NEXT}"]


def alter_position(stock: Stock) -> list[str]:
    raw = {"latitude": 32.5, "longitude": 120.1, "coord_type": "wgs84", "accuracy_m": None}
    change(stock.photos[0], device={"raw": raw, "point": None})
    return [f"ledger.record_altered photo {stock.photos[0].id}, day {DAY}"]


def drop_field(stock: Stock) -> list[str]:
    Photo.rows().update_one({"_id": stock.photos[0].id}, {"$unset": {"owner": ""}})
    return [f"ledger.record_altered photo {stock.photos[0].id}, day {DAY}"]


def remove_photo(stock: Stock) -> list[str]:
    Photo.rows().delete_one({"_id": stock.photos[3].id})
    return [f"ledger.record_removed photo {stock.photos[3].id}, day {NEXT}"]


def add_photo(stock: Stock) -> list[str]:
    added = insert_behind_the_back(stock.photos[1])
    return [f"ledger.record_added photo {added}"]


def add_photo_that_is_sealed_later(stock: Stock) -> list[str]:
    early = stock.photos[0].received_at - timedelta(days=2)
    added = insert_behind_the_back(stock.photos[1], received_at=early)
    made.seal_next()
    return [f"ledger.record_late photo {added}, day {NEXT + timedelta(days=1)}"]


def remove_photo_and_leaf(stock: Stock) -> list[str]:
    Photo.rows().delete_one({"_id": stock.photos[5].id})
    Leaf.rows().delete_one({"_id": stock.photos[5].id})
    return [f"ledger.tree_differs day {NEXT}"]


def remove_leaf(stock: Stock) -> list[str]:
    Leaf.rows().delete_one({"_id": stock.photos[0].id})
    return [f"ledger.record_added photo {stock.photos[0].id}", f"ledger.tree_differs day {DAY}"]


def alter_leaf(stock: Stock) -> list[str]:
    """With its record, but not its hash."""
    photo = stock.photos[0]
    change(photo, client_id="another")
    text = ledger.text_of(ledger.facts(Photo.rows().find_one({"_id": photo.id})))
    Leaf.rows().update_one({"_id": photo.id}, {"$set": {"text": text}})
    return [f"ledger.leaf_altered photo {photo.id}, day {DAY}"]


def alter_leaf_and_its_hash(stock: Stock) -> list[str]:
    alter_leaf(stock)
    text = Leaf.rows().find_one({"_id": stock.photos[0].id})["text"]
    leaf = {"hash": ledger.leaf_of(text)}
    Leaf.rows().update_one({"_id": stock.photos[0].id}, {"$set": leaf})
    return [f"ledger.tree_differs day {DAY}"]


def ruin_leaf(stock: Stock) -> list[str]:
    Leaf.rows().update_one({"_id": stock.photos[0].id}, {"$set": {"text": "[]"}})
    return [f"ledger.leaf_altered photo {stock.photos[0].id}, day {DAY}"]


def swap_leaves(stock: Stock) -> list[str]:
    for photo, index in ((0, 9), (1, 0), (0, 1)):
        Leaf.rows().update_one({"_id": stock.photos[photo].id}, {"$set": {"index": index}})
    return [f"ledger.tree_differs day {DAY}"]


def alter_root(stock: Stock) -> list[str]:
    Root.rows().update_one({"day": DAY.isoformat()}, {"$set": {"root": "0" * 64}})
    return [f"ledger.root_altered day {DAY}"]


def alter_count(stock: Stock) -> list[str]:
    Root.rows().update_one({"day": DAY.isoformat()}, {"$set": {"count": 4}})
    return [f"ledger.root_altered day {DAY}"]


def alter_made_at(stock: Stock) -> list[str]:
    Root.rows().update_one({"day": DAY.isoformat()}, {"$set": {"made_at": clock.now()}})
    return [f"ledger.root_altered day {DAY}"]


def forge(by: Signer, day: date, previous: str | None = None) -> None:
    """A day whose tree was made to fit, stated and signed anew."""
    row = Root.rows().find_one({"day": day.isoformat()})
    root = merkle.root(ledger.hashes_of(day.isoformat()))
    content = json.loads(row["statement"]) | {"root": root}
    if previous:
        content["previous"] = previous
    text = ledger.text_of(content)
    forged = {
        "root": root,
        "previous": content["previous"],
        "statement": text,
        "hash": ledger.statement_hash(text),
        "signature": by.sign(content),
        "public_key": by.public_key,
    }
    Root.rows().update_one({"day": day.isoformat()}, {"$set": forged})


def forge_with_another_key(stock: Stock) -> list[str]:
    alter_leaf_and_its_hash(stock)
    forge(Signer(bytes(32)), DAY)
    return [f"ledger.chain_broken day {NEXT}", f"ledger.root_key_unknown day {DAY}"]


def forge_under_our_key(stock: Stock) -> list[str]:
    alter_leaf_and_its_hash(stock)
    forge(Signer(bytes(32)), DAY)
    named = {"public_key": signer().public_key}
    Root.rows().update_one({"day": DAY.isoformat()}, {"$set": named})
    return [f"ledger.chain_broken day {NEXT}", f"ledger.root_signature day {DAY}"]


def forge_with_our_key(stock: Stock) -> list[str]:
    """Not even who has the key can change a day without changing all that follow."""
    alter_leaf_and_its_hash(stock)
    forge(signer(), DAY)
    return [f"ledger.chain_broken day {NEXT}"]


def ruin_signature(stock: Stock) -> list[str]:
    Root.rows().update_one({"day": DAY.isoformat()}, {"$set": {"signature": {"value": 1}}})
    return [f"ledger.root_signature day {DAY}"]


def ruin_statement(stock: Stock) -> list[str]:
    Root.rows().update_one({"day": NEXT.isoformat()}, {"$set": {"statement": "nothing"}})
    names = ("chain_broken", "root_altered", "root_signature", "tree_differs")
    return [f"ledger.{name} day {NEXT}" for name in names]


def lose_first_root(stock: Stock) -> list[str]:
    Root.rows().delete_one({"day": DAY.isoformat()})
    return [f"ledger.chain_broken day {NEXT}"]


def lose_last_root(stock: Stock) -> list[str]:
    Root.rows().delete_one({"day": NEXT.isoformat()})
    return [f"ledger.root_missing day {NEXT}"]


def lose_a_root_between(stock: Stock) -> list[str]:
    after = NEXT + timedelta(days=1)
    seal(after)
    Root.rows().delete_one({"day": NEXT.isoformat()})
    return [f"ledger.chain_broken day {after}", f"ledger.root_missing day {NEXT}"]


PLANTED: list[Callable[[Stock], list[str]]] = [
    lose_original,
    lose_unsealed_original,
    alter_original,
    alter_unsealed_original,
    point_to_another_original,
    alter_hash_and_original,
    alter_time,
    alter_position,
    drop_field,
    remove_photo,
    add_photo,
    add_photo_that_is_sealed_later,
    remove_photo_and_leaf,
    remove_leaf,
    alter_leaf,
    alter_leaf_and_its_hash,
    ruin_leaf,
    swap_leaves,
    alter_root,
    alter_count,
    alter_made_at,
    forge_with_another_key,
    forge_under_our_key,
    forge_with_our_key,
    ruin_signature,
    ruin_statement,
    lose_first_root,
    lose_last_root,
    lose_a_root_between,
]
