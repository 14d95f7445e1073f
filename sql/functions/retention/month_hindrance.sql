begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why a month of the audit log cannot be dropped yet; NULL: it can. The months go one after the
-- other; each must be relayed, delivered, sealed, and exported as it is now. Who acts upon the
-- answer holds the relay's cursor and a lock on the partition that stops writers.
create function bookingdb.month_hindrance(
  p_partition regclass,
  p_first timestamptz,
  p_next timestamptz
)
returns text
language plpgsql
stable
as $$
declare
  v_unseen bigint;
  v_open bigint;
  v_unsealed bigint;
  v_now record;
begin
  execute format(
    'select count(*) filter (where c.system_identifier <> s.system_identifier'
    ' or not pg_visible_in_snapshot(l.xid, c.seen)'
    ' and not (l.created_at < c.restored_at and l.xid >= c.restored_xmax))'
    ' from %s l, bookingdb.relay_cursor c, pg_control_system() s', p_partition)
    into v_unseen;
  select count(*) into v_open
    from bookingdb.webhook_deliveries d
   where d.state = 'pending'
     and d.event_at >= p_first
     and d.event_at < p_next;
  if v_unseen > 0 or v_open > 0 or bookingdb.relayed_until() < p_next then
    return format('%s changes not relayed, %s deliveries pending.', v_unseen, v_open);
  end if;
  v_unsealed := bookingdb.unsealed_count(p_partition, p_first, p_next);
  if v_unsealed > 0 then
    return format('%s changes not sealed.', v_unsealed);
  end if;
  v_now := bookingdb.partition_digest(p_partition);
  if v_now.row_count > 0 and not exists (
    select from bookingdb.audit_exports e
     where e.month = (p_first at time zone 'UTC')::date
       and e.row_count = v_now.row_count
       and e.digest = v_now.digest
  ) then
    return format('%s changes not exported as they are.', v_now.row_count);
  end if;
  return bookingdb.earlier_month(p_partition);
end $$;
comment on function bookingdb.month_hindrance is 'Why a month of the audit log cannot be dropped yet; NULL: it can.';

commit;
