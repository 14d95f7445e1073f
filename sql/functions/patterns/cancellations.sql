begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Cancellations, by customer, address and e-mail unless staff cancelled; by staff otherwise.
create function bookingdb.cancellations(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select case when c.is_staff then 'many_cancellations_by_staff' else 'many_cancellations' end,
         s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (
     values (c.customer), (c.address), (case when not c.is_staff then c.email end), (c.staff)
   ) as s (subject)
   where c.action_type = 'cancelled'
     and s.subject is not null;
end;
comment on function bookingdb.cancellations is 'Cancellations, by who can be counted for them.';

commit;
