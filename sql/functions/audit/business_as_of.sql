begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A business with its settings as they were at p_at: what the first change after it found, else
-- as they are. Raises ZB012 for a business that is not there, or was not there then.
create function bookingdb.business_as_of(p_business_id uuid, p_at timestamptz)
returns bookingdb.businesses
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_values jsonb;
begin
  select l.old_values into v_values
    from bookingdb.settings_audit_log l
   where l.business_id = p_business_id
     and l.table_name = 'businesses'
     and l.created_at > p_at
   order by l.created_at
   limit 1;
  if found and v_values is null then
    perform bookingdb.fail('ZB012', format('There was no business %s at %s.', p_business_id, p_at),
                           'p_at');
  elsif found then
    v_business := jsonb_populate_record(null::bookingdb.businesses, v_values);
  end if;
  return v_business;
end $$;
comment on function bookingdb.business_as_of is 'A business with its settings as they were at an instant.';

commit;
