begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes a business. The first is the default one, which no other call needs to name; for
-- another give its id, such as p_business_id => gen_random_uuid().
-- Raises ZB012: unknown time zone, negative or enormous limits, an id that is
-- taken; 42501 for a login that is bound to businesses.
-- Returns the business.
create function bookingdb.create_business(
  p_name text,
  p_time_zone text,
  p_horizon_days int default 90,
  p_lead_time interval default '0',
  p_cancellation_window interval default '0',
  p_hold_time_to_live interval default '15 minutes',
  p_customer_limit int default 0,
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
  perform bookingdb.refuse_bound('create_business()');
  begin
    insert into bookingdb.businesses (
      business_id, name, time_zone, horizon_days, lead_time, cancellation_window, hold_time_to_live,
      customer_limit
    )
    values (
      p_business_id, p_name, p_time_zone, p_horizon_days, p_lead_time, p_cancellation_window,
      p_hold_time_to_live, p_customer_limit
    )
    returning * into v_business;
  exception
    when unique_violation then
      perform bookingdb.fail('ZB012', format('The business %s is there already.', p_business_id),
                             'p_business_id');
    when check_violation or not_null_violation then
      get stacked diagnostics v_problem = message_text;
      perform bookingdb.fail('ZB012', v_problem || '.', 'business settings');
  end;
  perform bookingdb.end_actor(v_outer);
  return v_business;
end $$;
comment on function bookingdb.create_business is 'Makes a business; the first is the default one.';

commit;
