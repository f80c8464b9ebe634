"""A view is the filters, under a name, of one person."""

import pytest

from callcenter.errors import StorageError
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from callcenter.storage.saved_views import SavedViews
from tests.storage.story import NOON


async def test_a_view_is_kept_replaced_and_removed(database: Database) -> None:
    views = SavedViews(database)
    await views.save("ada", " long  ones ", Which(min_seconds=600), NOON)
    await views.save("ada", "long ones", Which(min_seconds=900, since=NOON), NOON)
    (view,) = await views.of("ada")
    assert view["name"] == "long ones"
    assert Which.of(view["filters"]) == Which(min_seconds=900, since=NOON)
    assert await views.of("bob") == []
    assert not await views.remove("bob", "long ones")
    assert await views.remove("ada", "long ones")
    assert await views.of("ada") == []


async def test_a_name_is_short_and_views_are_not_endless(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.storage.saved_views.MOST_VIEWS", 2)
    views = SavedViews(database)
    for name in ("", " ", "x" * 81):
        with pytest.raises(StorageError):
            await views.save("ada", name, Which(), NOON)
    for name in ("a", "b", "b"):
        await views.save("ada", name, Which(), NOON)
    with pytest.raises(StorageError):
        await views.save("ada", "c", Which(), NOON)
