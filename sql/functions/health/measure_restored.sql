begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Cursors that come from another server, as after a restore: there webhooks are queued anew
-- where one is missing, and the log is compared with its seals.
create function bookingdb.measure_restored()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'The cursors are of this server.'
             else format('The cursor of %s is of another server: this database was restored.',
                         string_agg(c.what, ' and ')) end,
           'select * from bookingdb.rebuild_relay(p_dry_run => true) shows what would be sent anew, bookingdb'
           ' dispatch sends it; bookingdb audit seal lets the seals begin anew.',
           null)::bookingdb.health_reading
    from (
      select 'the relay', r.system_identifier from bookingdb.relay_cursor r
      union all
      select 'the seals', s.system_identifier from bookingdb.audit_seal_cursor s
    ) as c (what, system_identifier)
   where c.system_identifier <> (select s.system_identifier from pg_control_system() s);
end;
comment on function bookingdb.measure_restored is 'Cursors that come from another server.';

commit;
