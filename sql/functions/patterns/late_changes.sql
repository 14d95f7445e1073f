begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Cancellations by others than staff from p_late before the slot to its begin, by e-mail and
-- telephone; and changes of the e-mail to somebody else's from p_email_late before it.
create function bookingdb.late_changes(
  p_from timestamptz, p_to timestamptz, p_late interval, p_email_late interval, p_time_zone text,
  p_business_id uuid
)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select s.pattern, s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (
     select bookingdb.instant_of(
              (c.old_values ->> 'date')::date + (c.old_values ->> 'time')::time, p_time_zone)
            - c.changed_at,
            c.action_type = 'cancelled' and not c.is_staff
   ) as d (notice, is_cancelled)
   cross join lateral (
     values ('late_cancellations', case when d.is_cancelled and d.notice <= p_late then c.email end),
            ('late_cancellations', case when d.is_cancelled and d.notice <= p_late then c.phone end),
            ('email_changed_late',
             case when d.notice <= p_email_late
                   and bookingdb.normal_email(c.old_values ->> 'customer_email')
                       <> bookingdb.normal_email(c.row_values ->> 'customer_email')
                  then 'booking ' || c.booking_id end)
   ) as s (pattern, subject)
   where c.old_values is not null
     and d.notice >= interval '0'
     and s.subject is not null;
end;
comment on function bookingdb.late_changes is 'Cancellations and changes of the e-mail shortly before the slot.';

commit;
