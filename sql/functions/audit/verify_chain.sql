begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is wrong with the rows of the audit log themselves and with how they are chained. A row
-- that one statement wrote before the one before it has no previous_hash, but its transaction.
create function bookingdb.verify_chain(
  p_from timestamptz,
  p_to timestamptz,
  p_business_id uuid
)
returns table (
  damage bookingdb.audit_damage, booking_id uuid, booking_version int, audit_id uuid, detail text
)
language sql
stable
begin atomic
  with chain as materialized (
    select * from bookingdb.chain_of(p_from, p_to, p_business_id)
  ),
  unchained as (  -- chained to a row that is not there
    select c.*, b.audit_id as before_id, b.is_sound and b.is_in_place as before_is_sound,
           (select max(e.booking_version) from chain e
             where e.booking_id = c.booking_id
               and e.booking_version < c.booking_version) as last_version
      from chain c
      left join chain b
        on b.booking_id = c.booking_id and b.booking_version = c.booking_version - 1
     where c.is_in_place
       and c.before_version is null
       and c.action_type <> 'created'
       and (c.previous_hash is not null or b.xid is distinct from c.xid)
       and not bookingdb.is_chained_elsewhere(c.booking_id, c.previous_hash, p_business_id)
  )
  select case when c.is_sound or bookingdb.was_moved(p_business_id, c.booking_id, c.audit_id)
           then 'reordered' else 'changed' end::bookingdb.audit_damage,
         c.booking_id, c.booking_version, c.audit_id,
         case when c.is_sound then 'It does not stand at the version that its values have.'
           else 'Its content does not have its hash.' end
    from chain c
   where not (c.is_sound and c.is_in_place)
  union all
  select distinct 'changed'::bookingdb.audit_damage, u.booking_id, u.booking_version - 1, u.before_id,
         'It has another hash than the row after it is chained to.'
    from unchained u
   where u.is_sound
     and u.before_is_sound
  union all
  select 'removed', u.booking_id, u.booking_version - 1, null,
         case when u.last_version = u.booking_version - 2 then 'The row is missing.'
           else format('The rows of versions %s to %s are missing.',
                       coalesce(u.last_version, 0) + 1, u.booking_version - 1) end
    from unchained u
   where u.before_id is null
  union all
  select 'inserted', c.booking_id, c.booking_version, c.audit_id,
         'Another row of this version is the one that the next is chained to.'
    from chain c
   where c.is_sound
     and c.is_in_place
     and c.after_version is null
     and c.action_type <> 'deleted'
     and not exists (
       select from bookingdb.bookings b
        where b.business_id = p_business_id
          and b.booking_id = c.booking_id
          and b.version = c.booking_version
     )
     and exists (
       select from chain other
        where other.booking_id = c.booking_id
          and other.booking_version = c.booking_version
          and other.after_version is not null
     );
end;
comment on function bookingdb.verify_chain is 'What is wrong with rows of the audit log and how they are chained.';

commit;
