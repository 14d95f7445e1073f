begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What check_integrity() found when run_integrity_check() called it: it reads everything, so
-- health() reads the last of these instead.
create table bookingdb.integrity_runs (
  run_id uuid not null default gen_random_uuid(),
  started_at timestamptz not null,
  duration interval not null,
  finding_count int not null,
  counts jsonb not null,
  findings jsonb not null,
  primary key (started_at, run_id)
);

comment on table bookingdb.integrity_runs is 'What the full checks of the integrity found, when, and how long each took.';
comment on column bookingdb.integrity_runs.counts is 'How many findings there were, by the name of the check.';
comment on column bookingdb.integrity_runs.findings is 'The first 100 findings, as check_integrity() returned them.';

commit;
