begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a report of the dates p_from to p_to is of: instants from from_at to before to_at by the
-- business's clock, and its date today. Raises ZB012: no such business, no range of dates, more
-- than ten years.
create function bookingdb.report_period(p_from date, p_to date, p_business_id uuid)
returns table (time_zone text, from_at timestamptz, to_at timestamptz, now_at timestamptz, today date)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_now timestamptz := bookingdb.clock_now();
begin
  perform bookingdb.check_range(p_from, p_to);
  if not bookingdb.is_date(p_from) or not bookingdb.is_date(p_to) or p_to - p_from > 3652 then
    perform bookingdb.fail('ZB012', format('From %s to %s is not within ten years.', p_from, p_to),
                           'p_from, p_to');
  end if;
  return query
    select v_business.time_zone,
           p_from::timestamp at time zone v_business.time_zone,
           (p_to + 1)::timestamp at time zone v_business.time_zone,
           v_now,
           (v_now at time zone v_business.time_zone)::date;
end $$;
comment on function bookingdb.report_period is 'What a report of a range of dates is of, in instants.';

commit;
