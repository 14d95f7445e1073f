begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Customers who did not come, by e-mail and by telephone; unless that was put right later.
create function bookingdb.no_shows(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'repeated_no_shows', s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (values (c.email), (c.phone)) as s (subject)
   where c.action_type = 'no_show'
     and s.subject is not null
     and (  -- no NOT EXISTS: that could become a join that reads the whole log
       select count(*)
         from bookingdb.booking_audit_log l
        where l.business_id = p_business_id
          and l.booking_id = c.booking_id
          and l.booking_version > (c.row_values ->> 'version')::int
          and l.created_at >= c.changed_at
          and l.action_type = 'completed'
     ) = 0;
end;
comment on function bookingdb.no_shows is 'Customers who did not come.';

commit;
