begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What proves that the changes of a booking are those that were logged, as dispute_file() has
-- it: changes, each with the id and version of its row, and hash, previous_hash and seal where
-- the log has them; how_to_check, for whoever wants to.
create function bookingdb.dispute_proof(p_booking_id uuid, p_business_id uuid)
returns jsonb
language sql
stable
begin atomic
  select jsonb_build_object(
           'changes', jsonb_agg(
             jsonb_build_object('id', l.id, 'booking_version', l.booking_version)
             order by l.booking_version, l.created_at),
           'how_to_check', jsonb_build_array(
             'Versions go up by one from 1: a change that is missing shows as a gap.',
             'Every change begins where the one before it ended: what was before is what was after.',
             'The log takes no update and no delete. These ids name its rows: a second file of '
             'this booking, made by somebody else, must show the same.'))
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.booking_id = p_booking_id;
end;
comment on function bookingdb.dispute_proof is 'What proves that the changes of a booking are those that were logged.';

commit;
