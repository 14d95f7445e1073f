begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB014 for what customer_refusal() said, unless that is NULL; staff waives it.
-- p_outer: what begin_actor() returned. Returns what end_actor() is to be given.
create function bookingdb.check_customer(p_outer text, p_refusal text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_refusal is null then
    return p_outer;
  elsif (bookingdb.current_actor()).performed_by <> 'admin' then
    perform bookingdb.fail('ZB014', p_refusal);
  end if;
  return bookingdb.waive(p_outer, '{customer_limit}');
end $$;
comment on function bookingdb.check_customer is 'Raises ZB014 when a customer may not have another open booking on a date.';

commit;
