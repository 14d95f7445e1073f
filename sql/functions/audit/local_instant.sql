begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- An instant as the clocks of a time zone show it, to the second, with the offset from UTC.
create function bookingdb.local_instant(p_at timestamptz, p_time_zone text)
returns text
language sql
stable
begin atomic
  select to_char(l.shown, 'YYYY-MM-DD HH24:MI:SS ')
         || case when l.ahead < '0' then '-' else '+' end
         || to_char(case when l.ahead < '0' then -l.ahead else l.ahead end, 'HH24:MI')
    from (
      select p_at at time zone p_time_zone,
             (p_at at time zone p_time_zone) - (p_at at time zone 'UTC')
    ) as l (shown, ahead);
end;
comment on function bookingdb.local_instant is 'An instant as the clocks of a time zone show it, with the offset.';

commit;
