begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012, naming the receipt, for anything but an array of events of this business.
create function bookingdb.check_receipts(p_receipts jsonb, p_business_id uuid)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_uuid constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  v_problem text;
begin
  if jsonb_typeof(p_receipts) is distinct from 'array' or jsonb_array_length(p_receipts) > 10000 then
    perform bookingdb.fail('ZB012', 'Must be an array of at most 10,000 events.', 'p_receipts');
  end if;
  select format('Receipt %s ', r.n) || case
           when jsonb_typeof(r.event) <> 'object' or jsonb_typeof(r.event -> 'data') is distinct from 'object'
             then 'is no event with data.'
           when b.business_id is distinct from p_business_id::text
             then format('is of the business %s.', coalesce(left(b.business_id, 50), 'NULL'))
           when r.event #> '{data,audit}' is not null and not coalesce(
             r.event #>> '{data,audit,id}' ~ v_uuid
             and r.event #>> '{data,audit,hash}' ~ '^[0-9a-f]{64}$'
             and r.event #>> '{data,booking,booking_id}' ~ v_uuid
             and r.event #>> '{data,version}' ~ '^[0-9]{1,9}$', false)
             then 'does not tell a row of the audit log by its id, hash, booking and version.'
           when r.event #> '{data,seal}' is not null
             and not coalesce(r.event #>> '{data,seal,seal_number}' ~ '^[0-9]{1,9}$', false)
             then 'does not tell a seal by its number.'
         end
    into v_problem
    from jsonb_array_elements(p_receipts) with ordinality as r (event, n)
   cross join lateral (
     select coalesce(r.event #>> '{data,booking,business_id}', r.event #>> '{data,business_id}')
   ) as b (business_id)
   order by 1
   limit 1;
  if v_problem is not null then
    perform bookingdb.fail('ZB012', v_problem, 'p_receipts');
  end if;
end $$;
comment on function bookingdb.check_receipts is 'Raises ZB012 for anything but an array of events of a business.';

commit;
