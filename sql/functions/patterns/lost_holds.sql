begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Places that were held and given up, or that ran out, by the address and e-mail that asked for
-- them: a program expires them. Offers to the waiting list do not count.
create function bookingdb.lost_holds(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'lost_holds', s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (  -- LIMIT: no join that reads the whole log
     select l.ip_address, l.performed_by, l.new_values
       from bookingdb.booking_audit_log l
      where l.business_id = p_business_id
        and l.booking_id = c.booking_id
        and l.booking_version = 1
        and l.created_at <= c.changed_at
      limit 1
   ) f
   cross join lateral (
     values ('address ' || host(f.ip_address)),
            ('network ' || bookingdb.network_of(f.ip_address)),
            (c.email)
   ) as s (subject)
   where c.action_type in ('expired', 'cancelled')
     and c.old_values ->> 'status' = 'held'
     and f.new_values ->> 'status' = 'held'
     and f.performed_by <> 'admin'
     and s.subject is not null;
end;
comment on function bookingdb.lost_holds is 'Places that were held for nothing, by who asked for them.';

commit;
