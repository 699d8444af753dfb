from importlib.resources import files


def test_migrations_are_numbered_without_gap_and_no_number_is_used_twice() -> None:
    folder = files("footnote.postgres").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, len(names) + 1))
