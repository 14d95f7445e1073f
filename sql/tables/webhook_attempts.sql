begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

create table bookingdb.webhook_attempts (
  business_id uuid not null,
  webhook_id uuid not null,
  attempt_number int not null,
  started_at timestamptz not null,
  duration interval,
  status int,
  error bookingdb.webhook_error,
  answer text,
  primary key (webhook_id, attempt_number, business_id),
  constraint attempt_number_positive check (attempt_number > 0),
  constraint status_in_range check (status between 100 and 999),
  constraint success_is_2xx check ((error is null) = (status is not null and status between 200 and 299)),
  constraint answer_short check (octet_length(answer) <= 4096)
);

comment on table bookingdb.webhook_attempts is 'Every attempt to deliver, and what the receiver answered.';
comment on column bookingdb.webhook_attempts.duration is 'NULL: nobody knows, the dispatcher was lost.';
comment on column bookingdb.webhook_attempts.status is 'HTTP status; NULL: no answer.';
comment on column bookingdb.webhook_attempts.error is 'What went wrong; NULL: nothing.';
comment on column bookingdb.webhook_attempts.answer is 'First kilobyte of the answer, or why there is none.';

commit;
