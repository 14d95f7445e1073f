begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for a date that can be worked with: finite, from year 1 to 9999, as in ISO 8601. NULL
-- for NULL.
create function bookingdb.is_date(p_date date)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select p_date between date '0001-01-01' and date '9999-12-31';
end;
comment on function bookingdb.is_date is 'True for a date from year 1 to 9999.';

commit;
