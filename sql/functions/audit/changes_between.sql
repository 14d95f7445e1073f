begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is different between two versions of a booking, column by column in their order: of a
-- new one what it was given, of a deleted one nothing. Without what the log says anyway.
create function bookingdb.changes_between(p_old jsonb, p_new jsonb)
returns table (field text, old_value text, new_value text)
language sql
stable
begin atomic
  select c.field, bookingdb.readable(p_old -> c.field), bookingdb.readable(p_new -> c.field)
    from jsonb_object_keys(coalesce(p_new, '{}')) as c (field)
    left join pg_catalog.pg_attribute a
      on a.attrelid = 'bookingdb.bookings'::regclass
     and a.attname = c.field
   where coalesce(nullif(p_old -> c.field, 'null'), 'false')
         is distinct from coalesce(nullif(p_new -> c.field, 'null'), 'false')
     and c.field not in ('business_id', 'booking_id', 'version', 'created_at', 'updated_at',
                         'confirmed_at', 'cancelled_at', 'idempotency_digest')
   order by a.attnum, c.field;
end;
comment on function bookingdb.changes_between is 'What is different between two versions of a booking.';

commit;
