begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes dead deliveries pending again and logs each. Returns their ids, without those that
-- somebody else was faster with.
create function bookingdb.requeue(
  p_dead bookingdb.webhook_deliveries[],
  p_endpoint_id uuid,
  p_business_id uuid
)
returns uuid[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant uuid[] := array(select d.webhook_id from unnest(p_dead) d);
  v_sent constant bookingdb.webhook_deliveries[] := array(
    select s
      from bookingdb.send_again(p_endpoint_id, null, null, v_ids, 'dead', p_business_id) s);
begin
  perform bookingdb.log_setting(
            p_business_id, 'webhook_deliveries', to_jsonb(d), to_jsonb(s))
     from unnest(p_dead) d
     join unnest(v_sent) s using (webhook_id);
  return array(select s.webhook_id from unnest(v_sent) s);
end $$;
comment on function bookingdb.requeue is 'Makes dead deliveries pending again and logs each.';

commit;
