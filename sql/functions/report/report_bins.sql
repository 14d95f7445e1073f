begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The periods of a report from p_from to p_to, each with its first and its last day.
create function bookingdb.report_bins(p_from date, p_to date)
returns table (since date, until date)
language sql
immutable
begin atomic
  select b.since, coalesce(lead(b.since) over (order by b.since) - 1, p_to)
    from (
      select distinct bookingdb.report_bin(p_from + d.day, p_from, p_to)
        from generate_series(0, p_to - p_from) as d (day)
    ) as b (since);
end;
comment on function bookingdb.report_bins is 'The periods of a report, each with its first and its last day.';

commit;
