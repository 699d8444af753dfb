"""Models and routes in Postgres."""

from dataclasses import asdict
from typing import Any

from psycopg.errors import ForeignKeyViolation

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.model import Catalogue, Model, ModelKind, Route
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresModels:
    """The registry of models, and the routes through it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("models.sql")

    def catalogue(self) -> Catalogue:
        """Every model and every route, in one round trip."""
        with self._database.transaction() as connection:
            with connection.pipeline():
                models = connection.execute(self._sql["list_models"])
                routes = connection.execute(self._sql["list_routes"])
            found = [_model(row) for row in models]
            ways = [_route(row) for row in routes]
        return Catalogue(
            models={model.name: model for model in found}, routes={way.kb: way for way in ways}
        )

    def add(self, model: Model) -> None:
        """Add a model.

        Raises:
            UnprocessableError: there is one of that name, or something about it cannot be.
        """
        model.check()
        if not self._write("add_model", asdict(model)):
            message = f"there is a model {model.name} already; change it, or choose another name"
            raise UnprocessableError(message)

    def change(self, model: Model) -> None:
        """Replace what is known of a model.

        Raises:
            NotFoundError: there is none of that name.
            UnprocessableError: something about it cannot be.
        """
        model.check()
        if not self._write("change_model", asdict(model)):
            raise _unknown(model.name)

    def remove(self, name: str) -> None:
        """Remove a model.

        Raises:
            NotFoundError: there is none of that name.
            UnprocessableError: a route names it.
        """
        try:
            removed = self._write("remove_model", {"name": name})
        except ForeignKeyViolation as error:
            message = f"a route leads to {name}; change the route first"
            raise UnprocessableError(message) from error
        if not removed:
            raise _unknown(name)

    def set_route(self, route: Route) -> None:
        """Add a knowledge base's route, or replace it.

        Raises:
            UnprocessableError: it names a model that is not registered.
        """
        parameters = asdict(route) | {"steps": list(route.steps)}
        try:
            with self._database.transaction() as connection:
                for name in ("set_route", "clear_steps", "add_steps"):
                    connection.execute(self._sql[name], parameters)
        except ForeignKeyViolation as error:
            message = "the route names a model that is not registered; `footnote models add` it"
            raise UnprocessableError(message) from error

    def remove_route(self, kb: KnowledgeBaseId) -> None:
        """Remove a knowledge base's route.

        Raises:
            NotFoundError: it has none.
        """
        if not self._write("remove_route", {"kb": kb}):
            message = f"{kb} has no route of its own"
            raise NotFoundError(message)

    def _write(self, statement: str, parameters: dict[str, Any]) -> int:
        with self._database.transaction() as connection:
            return connection.execute(self._sql[statement], parameters).rowcount


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(f"there is no model {name}; `footnote models list` shows those there are")


def _model(row: dict[str, Any]) -> Model:
    return Model(**row | {"kind": ModelKind(row["kind"])})


def _route(row: dict[str, Any]) -> Route:
    return Route(**row | {"kb": KnowledgeBaseId(row["kb"]), "steps": tuple(row["steps"])})
