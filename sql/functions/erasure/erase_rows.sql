begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal data out of bookings, columns that were added to the table included;
-- p_email: out of those that are that customer's now, or nobody's. One that is somebody else's
-- by now stays as it is but for erased_at: so its last audit row, which told of both and is
-- erased, is followed by one that says how it stands.
-- Returns the bookings that were erased.
create function bookingdb.erase_rows(
  p_booking_ids uuid[],
  p_email text,
  p_erasure_id uuid,
  p_business_id uuid
)
returns uuid[]
language plpgsql
set timezone = 'UTC'
set bytea_output = 'hex'
as $$
declare
  v_columns text[] := array(
    select quote_ident(a.attname)
      from pg_catalog.pg_attribute a
     where a.attrelid = 'bookingdb.bookings'::regclass
       and a.attnum > 0
       and not a.attisdropped
       and a.attgenerated = ''
       and bookingdb.personal_values(jsonb_build_object(a.attname, null)) <> jsonb '{}');
  v_ids uuid[];
begin
  execute format($sql$
    with erased as (
      update bookingdb.bookings b
         set (%s, erased_at) = (
               select %s, greatest(bookingdb.clock_now(), b.erased_at + interval '1 microsecond')
                 from jsonb_populate_record(
                        b, bookingdb.personal_values(bookingdb.erased_values(to_jsonb(b)))) r)
       where b.business_id = $1
         and b.booking_id = any ($2)
         and ($3 is null or coalesce(lower(b.customer_email) = lower($3), true))
         and bookingdb.erased_values(to_jsonb(b)) <> to_jsonb(b)
      returning b.booking_id
    )
    select coalesce(array_agg(e.booking_id), '{}') from erased e
    $sql$, array_to_string(v_columns, ', '), 'r.' || array_to_string(v_columns, ', r.'))
    into v_ids using p_business_id, p_booking_ids, p_email;
  update bookingdb.bookings b
     set erased_at = greatest(bookingdb.clock_now(), b.erased_at + interval '1 microsecond')
    from bookingdb.booking_audit_log l
   where b.business_id = p_business_id
     and b.booking_id = any (p_booking_ids)
     and l.business_id = b.business_id
     and l.booking_id = b.booking_id
     and l.booking_version = b.version
     and l.erasure_id = p_erasure_id
     and l.new_values <> to_jsonb(b);
  return v_ids;
end $$;
comment on function bookingdb.erase_rows is 'Takes the personal data out of bookings.';

commit;
