begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- When maintain() did which task, and what came of it: a row for each task that it has ever
-- done. A round of many businesses is done in parts, each by a call of its own.
create table bookingdb.maintenance_runs (
  task bookingdb.maintenance_task primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  succeeded_at timestamptz,
  due_at timestamptz not null,
  resumes_after uuid,
  done bigint not null,
  problem text
);

comment on table bookingdb.maintenance_runs is 'When maintain() did which task, and what came of it.';
comment on column bookingdb.maintenance_runs.started_at is 'When the last call began that did some of it.';
comment on column bookingdb.maintenance_runs.succeeded_at is 'When a whole round last ended without a problem.';
comment on column bookingdb.maintenance_runs.due_at is 'When maintain() does it again; at once while a round is not complete.';
comment on column bookingdb.maintenance_runs.resumes_after is 'The last business that was seen to, when others of the round are still to come.';
comment on column bookingdb.maintenance_runs.done is 'Holds expired, slots changed, partitions made, changes sealed and so on, in the round so far.';
comment on column bookingdb.maintenance_runs.problem is 'What went wrong in the round so far, a line for each business; NULL: nothing.';

commit;
