begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What was refused or failed, as far as the database knows: a call that was refused was rolled
-- back and has left no trace. kind says what is counted:
-- "slot": slots from p_from to p_to that nobody can book now, each by its weightiest reason;
-- from the logs of that time "booking": who had to wait, holds that ran out, payments that
-- failed; "import": rows that were put into quarantine, by code; "webhook": attempts that
-- receivers refused, by status or error; and "waived": policies that staff set aside.
-- Returns each reason with its number and when it was last so, the most frequent of a kind
-- first.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_refusals(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (kind text, reason text, description text, count bigint, last_at timestamptz)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v record;
begin
  select * into v from bookingdb.report_period(p_from, p_to, p_business_id);
  return query
  select r.kind, r.reason, coalesce(r.description, e.message), count(*), max(r.at)
    from (
      select 'slot' as kind, coalesce(c.policy, c.code) as reason,
             case c.policy when 'lead_time' then 'Too near to be booked'
                           when 'horizon' then 'Too far ahead to be booked' end as description,
             null::timestamptz as at
        from bookingdb.closed_slots(greatest(p_from, v.today), p_to, v.now_at, p_business_id) c
       where p_to >= v.today
      union all
      select 'import', q.code, null, q.created_at
        from bookingdb.booking_quarantine q
       where q.business_id = p_business_id and q.created_at >= v.from_at and q.created_at < v.to_at
      union all
      select f.* from bookingdb.report_failures(v.from_at, v.to_at, p_business_id) f
    ) r
    left join bookingdb.error_catalog() e on e.code = r.reason
   group by r.kind, r.reason, coalesce(r.description, e.message)
   order by r.kind, count(*) desc, r.reason;
end $$;
comment on function bookingdb.report_refusals is 'What was refused or failed, as far as the database knows.';

commit;
