begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- From which dates on the log and the deliveries since p_from are whole; NULL: from p_from on.
create function bookingdb.report_gaps(p_from timestamptz, p_time_zone text)
returns table (log_since date, deliveries_since date)
language sql
stable
begin atomic
  select case when c.dropped_before > p_from
              then (c.dropped_before at time zone p_time_zone)::date end,
         case when c.settled_before > p_from
              then (c.settled_before at time zone p_time_zone)::date end
    from bookingdb.relay_cursor c;
end;
comment on function bookingdb.report_gaps is 'From which dates on the log and the deliveries are whole.';

commit;
