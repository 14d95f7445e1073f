begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Payments that staff took back, or that had failed and that staff made good.
create function bookingdb.payments_turned(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select 'payments_turned', c.staff, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   where c.staff is not null
     and c.old_values ->> 'payment_status' in ('paid', 'failed')
     and c.row_values ->> 'payment_status' <> c.old_values ->> 'payment_status';
end;
comment on function bookingdb.payments_turned is 'Payments that staff took back or made good.';

commit;
