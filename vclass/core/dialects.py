"""What SQLite and PostgreSQL want said differently: how they are opened, a few statements, and their errors.

Nothing that is asked of either may hang: connecting, waiting for a lock and a statement each have their limit.
"""

import functools
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any]

BUSY_MILLISECONDS = 8_000
CONNECT_SECONDS: Final = 3
LOCK_MILLISECONDS = 5_000
STATEMENT_MILLISECONDS = 7_000
IDLE_MILLISECONDS: Final = 15_000
"""A process that stands still inside a transaction must not keep others from the rows it has locked."""
SILENCE_MILLISECONDS: Final = 8_000
"""After so long without a sign of life a connection is given up, also when nobody said that it was cut."""

ROW_ID: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""The type of a table's own number: SQLite gives one by itself only where it is declared INTEGER."""

REPLACEMENT: Final = "\ufffd"
NUL_ESCAPED: Final = "\\u0000"
LOST_RACES: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization failure and deadlock: the same transaction may succeed when it is tried again."""
DATA_EXCEPTION: Final = "22"
"""PostgreSQL's class of errors that quote a value in their very sentence."""


def open_engine(url: str, *, writer: bool, size: int) -> sa.Engine:
    """An engine for the writer, or one whose connections read each on one consistent snapshot."""
    address = sa.make_url(url)
    # Values stay out of error messages, which reach the log: addresses and digests are among them.
    pool: dict[str, Any] = {"pool_size": size, "max_overflow": 1, "pool_timeout": CONNECT_SECONDS}
    pool |= {"hide_parameters": True}
    if address.get_backend_name() == "sqlite":
        engine = sa.create_engine(address, poolclass=sa.QueuePool, connect_args={"check_same_thread": False}, **pool)
        _sqlite(engine, writer=writer)
        return engine
    # The writer waits for locks and must then see what their holders wrote: a new snapshot for each statement.
    level = "READ COMMITTED" if writer else "REPEATABLE READ"
    arguments = _postgresql_arguments(writer=writer)
    engine = sa.create_engine(address, isolation_level=level, pool_pre_ping=True, connect_args=arguments, **pool)
    event.listen(engine, "connect", _take_any_text)
    event.listen(engine, "handle_error", _keep_values_out)
    return engine


def _postgresql_arguments(*, writer: bool) -> dict[str, Any]:
    session: dict[str, object] = {
        "statement_timeout": STATEMENT_MILLISECONDS,
        "lock_timeout": LOCK_MILLISECONDS,
        "idle_in_transaction_session_timeout": IDLE_MILLISECONDS,
        "timezone": "UTC",
        "default_transaction_read_only": "off" if writer else "on",
    }
    return {
        "fallback_application_name": "vclass",
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": SILENCE_MILLISECONDS,
        "keepalives_idle": CONNECT_SECONDS,
        "keepalives_interval": 1,
        "keepalives_count": 5,
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }


def _take_any_text(connection: Any, _record: object) -> None:  # noqa: ANN401  psycopg's, which may not be installed
    """PostgreSQL knows no NUL in a text: asked for one it finds nothing, as SQLite does, instead of failing."""
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415  likewise

    class AnyText(StrDumperUnknown):
        def dump(self, obj: str) -> Any:  # noqa: ANN401  a buffer
            return super().dump(obj.replace("\0", REPLACEMENT))

    connection.adapters.register_dumper(str, AnyText)


def _keep_values_out(context: sa.ExceptionContext) -> None:
    """PostgreSQL quotes rows in an error's details, and wrong values in its sentence: neither may reach the log."""
    told, wrapped = context.original_exception, context.sqlalchemy_exception
    diagnosis = getattr(told, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None or wrapped is None:
        return
    quoted = diagnosis.sqlstate.startswith(DATA_EXCEPTION)
    told.args = (f"{diagnosis.sqlstate} {'a value that does not fit' if quoted else diagnosis.message_primary}",)
    wrapped.args = (f"({type(told).__name__}) {told}", *wrapped.args[1:])


def _sqlite(engine: sa.Engine, *, writer: bool) -> None:
    """WAL and synchronous=FULL; the writer takes its lock at BEGIN (a deferred one fails half-way)."""

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            *(() if writer else ("query_only=on",)),
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if writer:
            connection.exec_driver_sql("begin immediate")
        else:  # which no lock can refuse; through the library it takes longer than many a query
            connection.connection.cursor().execute("begin")


def is_unavailable(error: BaseException) -> bool:
    """Whether the database was away, locked or overburdened: the same may work in a moment."""
    if isinstance(error, sa.exc.OperationalError | sa.exc.TimeoutError):
        return True
    return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated


def is_lost_race(error: BaseException) -> bool:
    """Whether another process's transaction came in between: the whole transaction is to be tried again."""
    return isinstance(error, sa.exc.DBAPIError) and getattr(error.orig, "sqlstate", None) in LOST_RACES


def integer_rows(connection: sa.Connection, name: str, columns: Sequence[str]) -> sa.CTE:
    """A table of integers from one JSON parameter called ``name``: any number of rows, one cached statement.

    Bind it with ``as_json(rows)``; a row that is there twice counts twice. PostgreSQL takes it for a hundred rows and
    so goes by the index; arrays, unnested, are no faster (30 to 3,000 windows on half a million claims).
    """
    each, picked = rows_in(connection, sa.bindparam(name, type_=sa.Text), columns)
    return sa.select(*picked).select_from(each).cte(name)


def by_index(
    connection: sa.Connection, few: sa.CTE, many: sa.Table, touches: sa.ColumnElement[bool]
) -> tuple[sa.Join, ReadOnlyColumnCollection[str, Any]]:
    """Join a large table to a few rows, one index search for each; give the join and the large table's columns in it.

    PostgreSQL takes two limits that come from another table for a third of all rows each, and would rather read
    everything. Inside a lateral subquery, which OFFSET keeps apart, they are a narrow range to it.
    """
    if connection.dialect.name == "sqlite":
        return few.join(many, touches), many.c
    each = sa.select(many).where(touches).correlate(few).offset(fixed(0)).lateral(f"near_{many.name}")
    return few.join(each, sa.true()), each.c


def built_once(build: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
    """Keep the statement that a function builds for a dialect: building one takes longer than many a query."""
    known: dict[str, T] = {}

    @functools.wraps(build)
    def built(connection: sa.Connection) -> T:
        name = connection.dialect.name
        if name not in known:
            known[name] = build(connection)
        return known[name]

    return built


def rows_in(
    connection: sa.Connection, text: sa.ColumnElement[Any], columns: Sequence[str]
) -> tuple[sa.FromClause, list[sa.Label[int]]]:
    """The rows of integers in a text of JSON: a parameter, or a column of a table that is joined before."""
    if connection.dialect.name == "sqlite":
        each = sa.func.json_each(text).table_valued("value")
        return each, [
            sa.cast(sa.func.json_extract(each.c.value, f"$[{position}]"), sa.BigInteger).label(column)
            for position, column in enumerate(columns)
        ]
    each = sa.func.json_array_elements(sa.cast(text, sa.JSON)).table_valued("value")
    return each, [
        sa.cast(sa.cast(each.c.value, postgresql.JSON)[fixed(position)].astext, sa.BigInteger).label(column)
        for position, column in enumerate(columns)
    ]


def fixed(number: int) -> sa.ColumnElement[int]:
    """A number that is part of the statement: as a parameter it would be looked at and sent each time."""
    return sa.literal_column(str(number), sa.BigInteger)


def as_json(rows: Iterable[Sequence[int]]) -> str:
    return msgspec.json.encode(list(rows)).decode()


def listed(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """A column's value is in the bound list: one cached statement for any number of ids."""
    return column.in_(_bound_ids(connection))


@built_once
def _bound_ids(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(integer_rows(connection, "ids", ("id",)).c.id)


def of_ids(ids: Collection[int]) -> dict[str, str]:
    return {"ids": as_json((each,) for each in ids)}


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is taken; tell whether it went in.

    Where another process holds the key in an open transaction, this waits for how that ends.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(table).on_conflict_do_nothing().values(values).returning(sa.literal_column("1"))
    return connection.execute(made).first() is not None


def insert_selected(connection: sa.Connection, table: sa.Table, rows: sa.Select[Any]) -> None:
    """Insert what is selected, under the names it has there, unless its keys are taken."""
    dialect = sqlite if _is_sqlite(connection) else postgresql
    made = dialect.insert(table).from_select([each.name for each in rows.selected_columns], rows)
    connection.execute(made.on_conflict_do_nothing())


def rising(connection: sa.Connection, *columns: sa.Column[int]) -> sa.ColumnElement[int]:
    """A number for what this transaction changes: higher than all that was committed when it began to write.

    In SQLite the next after the highest in the columns, in PostgreSQL the transaction's own.
    """
    if _is_sqlite(connection):
        return _following(columns).scalar_subquery()
    return _as_integer(sa.func.pg_current_xact_id())


def mark(connection: sa.Connection, *columns: sa.Column[int]) -> int:
    """The number below which nothing comes any more: what is committed later has it, or a higher one."""
    if _is_sqlite(connection):
        return int(connection.execute(_following(columns)).scalar_one())
    oldest = _as_integer(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()))
    return int(connection.execute(sa.select(oldest)).scalar_one())


def _following(columns: Iterable[sa.Column[int]]) -> sa.Select[int]:
    highest = [sa.select(sa.func.max(each.table.alias().c[each.name]).label("number")) for each in columns]
    known = sa.union_all(*highest).subquery()
    return sa.select(sa.func.coalesce(sa.func.max(known.c.number), 0) + 1)


def _as_integer(transaction: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(transaction, sa.Text), sa.BigInteger)


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns, in one statement."""
    if not rows:
        return
    if _is_sqlite(connection):
        _one_by_one(connection, table, rows)
    else:
        _at_once(connection, table, rows)


def insert_all_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert those rows whose keys aren't taken, all in one statement."""
    if not rows:
        return
    if _is_sqlite(connection):
        _one_by_one(connection, table, rows, new_ones=True)
    else:
        _at_once(connection, table, rows, new_ones=True)


def insert_numbered(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> list[int]:
    """Insert rows that have public ids, in one statement, and give their ids in the order of the rows."""
    if not rows:
        return []
    if _is_sqlite(connection):
        numbers = _next_numbers(connection, table, len(rows))
        _one_by_one(connection, table, [{"id": i, **row} for i, row in zip(numbers, rows, strict=True)])
        return list(numbers)
    made = _at_once(connection, table, rows, numbered=True)
    ids = {each.public_id: each.id for each in made}
    return [ids[row["public_id"]] for row in rows]


def _next_numbers(connection: sa.Connection, table: sa.Table, count: int) -> range:
    """What SQLite would give by itself; nobody else writes meanwhile, and to be told costs more than to say it."""
    first = connection.execute(_next_number(table)).scalar_one()
    return range(first, first + count)


@functools.cache
def _next_number(table: sa.Table) -> sa.Select[int]:
    return sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1)


def _one_by_one(connection: sa.Connection, table: sa.Table, rows: Sequence[Row], *, new_ones: bool = False) -> None:
    """Hand SQLite numbers and texts as they are: nobody need look at each of them first."""
    statement, names = _with_marks(table, tuple(rows[0]), new_ones=new_ones)
    pick = itemgetter(*names)
    connection.exec_driver_sql(statement, [pick(row) for row in rows])


@functools.cache
def _with_marks(table: sa.Table, names: tuple[str, ...], *, new_ones: bool) -> tuple[str, tuple[str, ...]]:
    """The statement, and which column each of its marks stands for."""
    made = sqlite.insert(table)
    compiled = (made.on_conflict_do_nothing() if new_ones else made).compile(
        dialect=sqlite.dialect(), column_keys=names
    )
    return str(compiled), tuple(compiled.positiontup or ())


def _at_once(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Row], *, new_ones: bool = False, numbered: bool = False
) -> sa.CursorResult[Any]:
    """Hand PostgreSQL all rows as one text: a tenth of the work of a message, or of parameters, for each."""
    statement = _from_text(table, tuple(rows[0]), new_ones=new_ones, numbered=numbered)
    text = msgspec.json.encode(rows).decode()
    return connection.execute(statement, {"rows": _without_nul(rows) if NUL_ESCAPED in text else text})


@functools.cache
def _from_text(table: sa.Table, names: tuple[str, ...], *, new_ones: bool, numbered: bool) -> Any:  # noqa: ANN401  an Insert
    given = sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON)
    columns = [sa.column(name, table.c[name].type) for name in names]
    each = sa.func.json_to_recordset(given).table_valued(*columns, name="each").render_derived(with_types=True)
    made = postgresql.insert(table).from_select(names, sa.select(*(each.c[name] for name in names)))
    if new_ones:
        made = made.on_conflict_do_nothing()
    return made.returning(table.c.public_id, table.c.id) if numbered else made


def _without_nul(rows: Sequence[Row]) -> str:
    clean = [
        {name: each.replace("\0", REPLACEMENT) if isinstance(each, str) else each for name, each in row.items()}
        for row in rows
    ]
    return msgspec.json.encode(clean).decode()


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def try_lock(connection: sa.Connection, name: int) -> bool:
    """Take PostgreSQL's lock of a number for this session, and no transaction; SQLite has one process."""
    if _is_sqlite(connection):
        return True
    taken = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(name))).scalar_one())
    connection.commit()
    return taken


def domain_of(connection: sa.Connection, address: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """What stands behind the @ of an address."""
    if _is_sqlite(connection):
        return sa.func.substr(address, sa.func.instr(address, "@") + 1)
    return sa.func.split_part(address, "@", 2)


def fact_in(connection: sa.Connection, text: sa.ColumnElement[str], name: str) -> sa.ColumnElement[str]:
    """What a text of JSON holds under a name, as text."""
    if _is_sqlite(connection):
        return sa.func.json_extract(text, f"$.{name}")
    held: sa.ColumnElement[str] = sa.cast(text, postgresql.JSON)[name].astext
    return held


def locked(connection: sa.Connection, statement: sa.Select[Any], *, skip_taken: bool = False) -> sa.Select[Any]:
    """Lock the selected rows until the end of the transaction; SQLite's writer already holds the database.

    Order the statement by id: two transactions that lock crosswise wait for one another.

    Args:
        connection: Knows the dialect.
        statement: Selects rows of one table.
        skip_taken: Leave out rows that another transaction holds, instead of waiting for it.
    """
    if connection.dialect.name == "sqlite":
        return statement
    return statement.with_for_update(key_share=True, skip_locked=skip_taken)
