begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many findings of a check the last run of check_integrity() had; of all checks for NULL.
-- NULL: there was no run.
create function bookingdb.last_findings(p_check_name text)
returns int
language sql
stable
begin atomic
  select case when p_check_name is null then r.finding_count
              else coalesce((r.counts ->> p_check_name)::int, 0) end
    from bookingdb.integrity_runs r
   order by r.started_at desc
   limit 1;
end;
comment on function bookingdb.last_findings is 'How many findings the last run of check_integrity() had.';

commit;
