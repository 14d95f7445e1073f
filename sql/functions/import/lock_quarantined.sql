begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a quarantined booking that is to be decided on.
-- Raises ZB006 when there is none, ZB008 when it is decided on already.
create function bookingdb.lock_quarantined(p_quarantine_id uuid, p_business_id uuid)
returns bookingdb.booking_quarantine
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row bookingdb.booking_quarantine;
begin
  select * into v_row
    from bookingdb.booking_quarantine q
   where q.business_id = p_business_id
     and q.quarantine_id = p_quarantine_id
     for no key update;
  if not found then
    perform bookingdb.fail('ZB006', format('There is no quarantined booking %s.',
                                           coalesce(p_quarantine_id::text, 'NULL')));
  elsif v_row.resolved_at is not null then
    perform bookingdb.fail('ZB008', format('It was decided on at %s: %s.', v_row.resolved_at, v_row.resolution));
  end if;
  return v_row;
end $$;
comment on function bookingdb.lock_quarantined is 'Locks a quarantined booking that is to be decided on.';

commit;
