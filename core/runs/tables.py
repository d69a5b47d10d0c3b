"""The store's tables: what is written down about runs."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

SCHEMA = 3  # the version written into a store; core/runs/migrate.py brings older ones here

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner", Text),
    Column("status", Text, nullable=False),  # queued, running, paused, stopped, finished, failed
    Column("config", Text, nullable=False),  # RunConfig as JSON
    Column("config_key", Text, nullable=False, index=True),  # equal for equal configs
    Column("preset", Text),
    Column("tags", Text, nullable=False, server_default="[]"),  # a JSON list of words
    Column("note", Text, nullable=False, server_default=""),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("sweep", Text, index=True),
    Column("parent", Integer),  # the run this one was cloned from
    Column("created", Double, nullable=False),  # all moments: seconds since 1970
    Column("started", Double),  # first start
    Column("finished", Double),
    # the worker that holds the run
    Column("pid", Integer),
    Column("born", Double),  # start time of that process: a pid alone may have been reused
    Column("host", Text),
    Column("slot", Integer),
    Column("began", Double),  # start of this attempt
    Column("heartbeat", Double),
    Column("attempts", Integer, nullable=False, server_default="0"),  # also the token that fences off a lost worker
    Column("deaths", Integer, nullable=False, server_default="0"),  # weighed deaths since the last snapshot
    # progress
    Column("step", Integer, nullable=False, server_default="0"),
    Column("epoch", Double, nullable=False, server_default="0"),
    Column("steps_per_epoch", Double),
    Column("batch", Integer, nullable=False),  # pictures per step, so that x can be images
    Column("steps_total", Integer),
    Column("seconds", Double, nullable=False, server_default="0"),  # training time over all attempts
    Column("device", Text),
    Column("doing", Text),  # what happens before the first step: loading, downloading
    Column("flushes", Integer, nullable=False, server_default="0"),  # grows with every batch of points
    Column("began_flushes", Integer, nullable=False, server_default="0"),  # its value when this attempt began
    # how it ended
    Column("result", Text, nullable=False, server_default="{}"),  # final figures as JSON
    Column("reason", Text),  # finished, early-stop, target, time, diverged
    Column("weights_sha256", Text),
    Column("error", Text),  # the sentence for the page
    Index("runs_queue", "status", "priority", "id"),
    sqlite_autoincrement=True,  # the number of a deleted run is never given to another one
)

names = Table(  # metric names, so that ten million points need not repeat them
    "names", metadata, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False, unique=True)
)

metrics = Table(
    "metrics",
    metadata,
    Column("run", Integer, nullable=False),
    Column("name", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("value", Double, nullable=False),  # always finite; NaN and infinity become events
    Column("seconds", Double, nullable=False),
    PrimaryKeyConstraint("run", "name", "step"),
    sqlite_with_rowid=False,
)

figures = Table(  # last, lowest and highest value of every curve: tables of runs need no curves
    "figures",
    metadata,
    Column("run", Integer, nullable=False),
    Column("name", Integer, nullable=False),
    Column("last", Double, nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("low", Double, nullable=False),
    Column("low_step", Integer, nullable=False),
    Column("high", Double, nullable=False),
    Column("high_step", Integer, nullable=False),
    PrimaryKeyConstraint("run", "name"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("time", Double, nullable=False),
    Column("level", Text, nullable=False),  # info, warning, error
    Column("text", Text, nullable=False),
    Column("flag", Text),  # nan, inf or -inf: a metric that is no number
    Column("training", Boolean, nullable=False),  # said by fit (repeated after a resume) or by the lab
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("run", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("epoch", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("created", Double, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("resume", Boolean, nullable=False),  # has the tensors to go on from
    Column("keep", Boolean, nullable=False),  # a moment of the time machine, not only a place to go on from
    PrimaryKeyConstraint("run", "step"),
)

operations = Table(  # what pages ask of a running run; its worker reads them at step edges
    "operations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False, index=True),
    Column("what", Text, nullable=False),  # stop, pause, resume, priority
    Column("value", Integer),
    Column("created", Double, nullable=False),
    Column("signalled", Double),  # when SIGTERM was sent because nobody listened
    Column("done", Double),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner", Text),
    Column("status", Text, nullable=False),  # betting, running, stopped, finished
    Column("plan", Text, nullable=False),  # Plan as JSON: what is varied, and how
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("asked", Integer, nullable=False, server_default="0"),  # points there are; whoever adds one must know it
    sqlite_autoincrement=True,
)

trials = Table(  # one training of a sweep: a point with one seed
    "trials",
    metadata,
    Column("sweep", Integer, nullable=False),
    Column("point", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("knobs", Text, nullable=False),  # the point: knob -> value, as JSON
    Column("config_key", Text, nullable=False),
    Column("run", Integer, index=True),  # the run that answers it
    Column("reused", Boolean, nullable=False),  # that run was there before
    PrimaryKeyConstraint("sweep", "point", "seed"),
)

bets = Table(
    "bets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sweep", Integer, nullable=False),
    Column("bettor", Text, nullable=False),  # the nickname, or guest 1, guest 2 …
    Column("winner", Text),  # a point's label, or "no real difference"
    Column("sketch", Text),  # the expected accuracy of every point, as JSON
    Column("created", Double, nullable=False),
    Index("bets_bettor", "sweep", "bettor", unique=True),
)
