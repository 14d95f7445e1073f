begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Changes settings of a business; what is NULL stays. A new time zone keeps the wall-clock
-- times of slots and bookings, and moves the instants of the slots that have not begun.
-- Raises ZB012: unknown business or time zone, negative or enormous limits.
-- Returns the business.
create function bookingdb.update_business(
  p_name text default null,
  p_time_zone text default null,
  p_horizon_days int default null,
  p_lead_time interval default null,
  p_cancellation_window interval default null,
  p_hold_time_to_live interval default null,
  p_customer_limit int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.businesses
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_business bookingdb.businesses;
  v_problem text;
begin
  begin
    update bookingdb.businesses b
       set name = coalesce(p_name, b.name),
           time_zone = coalesce(p_time_zone, b.time_zone),
           horizon_days = coalesce(p_horizon_days, b.horizon_days),
           lead_time = coalesce(p_lead_time, b.lead_time),
           cancellation_window = coalesce(p_cancellation_window, b.cancellation_window),
           hold_time_to_live = coalesce(p_hold_time_to_live, b.hold_time_to_live),
           customer_limit = coalesce(p_customer_limit, b.customer_limit)
     where b.business_id = p_business_id
    returning * into v_business;
  exception when check_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'business settings');
  end;
  if v_business.business_id is null then
    perform bookingdb.fail_business(p_business_id);
  end if;
  perform bookingdb.end_actor(v_outer);
  return v_business;
end $$;
comment on function bookingdb.update_business is 'Changes settings of a business; what is NULL stays.';

commit;
