begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Bookings made, changed, moved and cancelled, by who acts, address and e-mail; by network
-- apart, since many people may share one.
create function bookingdb.bursts(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select s.pattern, s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (
     values ('burst', c.customer), ('burst', c.staff), ('burst', c.address),
            ('burst', case when not c.is_staff then c.email end), ('network_burst', c.network)
   ) as s (pattern, subject)
   where c.action_type in ('created', 'modified', 'rescheduled', 'cancelled')
     and s.subject is not null;
end;
comment on function bookingdb.bursts is 'Bookings made and changed, by who can be counted for them.';

commit;
