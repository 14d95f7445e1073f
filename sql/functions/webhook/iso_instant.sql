begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- An instant as RFC 3339 has it, in UTC.
create function bookingdb.iso_instant(p_at timestamptz)
returns text
language sql
stable
parallel safe
begin atomic
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
end;
comment on function bookingdb.iso_instant is 'An instant as RFC 3339 has it, in UTC.';

commit;
