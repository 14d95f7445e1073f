begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The columns of a booking that an endpoint with these fields is not sent: all but those and
-- the ids, also columns that are new.
create function bookingdb.hidden_columns(p_fields text[])
returns text[]
language sql
stable
begin atomic
  select array(
    select a.attname::text
      from pg_catalog.pg_attribute a
     where a.attrelid = 'bookingdb.bookings'::regclass
       and a.attnum > 0
       and a.attname <> all (p_fields || '{business_id,booking_id}'::text[]));
end;
comment on function bookingdb.hidden_columns is 'The columns of a booking that an endpoint is not sent.';

commit;
