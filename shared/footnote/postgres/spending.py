"""Budgets in Postgres: what is left is taken before a model is called."""

from decimal import Decimal
from typing import Any

from footnote.domain.access import Caller, Limits
from footnote.domain.errors import ModelRefusedError, RateLimitedError
from footnote.domain.spending import Amount, Budget
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries

# Who pays for all questions together.
_DEPLOYMENT = "*"


class PostgresSpending:
    """The budgets of keys, and that of the deployment: US dollars a day (UTC), None without."""

    def __init__(self, database: Database, daily_usd: Decimal | None) -> None:
        self._database = database
        self._daily_usd = daily_usd
        self._sql = load_queries("spending.sql")

    def is_open(self, caller: Caller) -> bool:
        """Whether nothing limits what the caller's questions cost."""
        limits = _limits(caller)
        return self._daily_usd is None and limits.daily_usd is None and not limits.tokens_per_minute

    def reserve(self, caller: Caller, amount: Amount) -> None:
        """Take it from what the caller, and the deployment, have left; all of it or nothing.

        Raises:
            RateLimitedError: there is not so much left.
            ModelRefusedError: what it costs is not known, and money is limited.
        """
        # One refusal takes back what the others gave. Keys come before the deployment, whose row
        # all wait for, so that nobody waits in a circle.
        with self._database.transaction() as connection:
            for payer, most in self._budgets(caller):
                self._take_usd(connection, payer, most, amount)
            self._take_tokens(connection, caller, amount)

    def settle(self, caller: Caller, reserved: Amount, real: Amount) -> None:
        """Give back what was reserved and not used."""
        payers = [payer for payer, _ in self._budgets(caller)]
        unused = (reserved.usd or Decimal(0)) - (real.usd or Decimal(0))
        tokens, most = reserved.tokens - real.tokens, _limits(caller).tokens_per_minute
        with self._database.transaction() as connection:
            # In the order in which they were taken, so that nobody waits in a circle.
            for payer in payers if unused else ():
                back = {"payer": payer, "usd": unused}
                connection.execute(self._sql["give_back_usd"], back)
            if caller.key and most and tokens:
                back = {"payer": caller.key.key_id, "tokens": tokens, "most": most}
                connection.execute(self._sql["give_back_tokens"], back)

    def spent_today(self) -> Decimal:
        """What all questions of this day (UTC) cost where a budget was kept."""
        with self._database.transaction() as connection:
            row = connection.execute(self._sql["spent_today"], {"payer": _DEPLOYMENT}).fetchone()
        return Decimal(str(row["usd"])) if row else Decimal(0)

    def budgets(self) -> list[Budget]:
        """Every budget there is today: the deployment's, where it has one, and those of keys."""
        with self._database.transaction() as connection:
            of_keys = [_budget(row) for row in connection.execute(self._sql["key_budgets"])]
        if self._daily_usd is None:
            return of_keys
        whole = Budget(
            key_id=None,
            name="all keys together",
            knowledge_bases=(),
            daily_usd=self._daily_usd,
            spent_usd=self.spent_today(),
        )
        return [whole, *of_keys]

    def _budgets(self, caller: Caller) -> list[tuple[str, Decimal]]:
        found: list[tuple[str, Decimal]] = []
        if caller.key and caller.key.limits.daily_usd is not None:
            found.append((caller.key.key_id, caller.key.limits.daily_usd))
        if self._daily_usd is not None:
            found.append((_DEPLOYMENT, self._daily_usd))
        return found

    def _take_usd(self, connection: Connection, payer: str, most: Decimal, amount: Amount) -> None:
        if amount.usd is None:
            message = "there is a budget, and the model has no prices; `footnote models change` it"
            raise ModelRefusedError(message)
        wanted = {"payer": payer, "most": most, "usd": amount.usd}
        if not connection.execute(self._sql["take_usd"], wanted).rowcount:
            whose = "of this deployment" if payer == _DEPLOYMENT else "of this key"
            message = f"the budget {whose} for today is used up"
            raise RateLimitedError(message, retry_after_s=self._wait_s(connection, "tomorrow"))

    def _take_tokens(self, connection: Connection, caller: Caller, amount: Amount) -> None:
        most = _limits(caller).tokens_per_minute
        if not caller.key or not most:
            return
        wanted = {"payer": caller.key.key_id, "tokens": amount.tokens, "most": most}
        if not connection.execute(self._sql["take_tokens"], wanted).rowcount:
            message = "too many tokens a minute; come back after the seconds that Retry-After says"
            wait_s = self._wait_s(connection, "tokens", wanted)
            raise RateLimitedError(message, retry_after_s=wait_s)

    def _wait_s(
        self, connection: Connection, what: str, about: dict[str, object] | None = None
    ) -> float:
        row = connection.execute(self._sql[f"wait_for_{what}"], about).fetchone()
        return float(str(row["wait_s"])) if row else 60.0


def _budget(row: dict[str, Any]) -> Budget:
    return Budget(**row | {"knowledge_bases": tuple(row["knowledge_bases"])})


def _limits(caller: Caller) -> Limits:
    return caller.key.limits if caller.key else Limits()
